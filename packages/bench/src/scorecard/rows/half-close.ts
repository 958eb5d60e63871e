import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from '../client.js'
import type { Row } from '../row.js'
import type { Subject } from '../subject.js'

type Case = (client: Client, subject: Subject) => Promise<boolean>

/** The end of the server's side must come by itself, after exactly these bytes. */
async function endsAfter(client: Client, text: string): Promise<boolean> {
  await client.untilEnd(5)
  return client.ended && client.received === text
}

const cases: Readonly<Record<string, Case>> = {
  'a request and the end': (client) => {
    client.socket.end('hello\n')
    return endsAfter(client, 'hello\n')
  },
  'the end alone': (client) => {
    client.end()
    return endsAfter(client, '')
  },
  'the end before a big reply is read': async (client) => {
    client.socket.pause().end('big 8000000\n')
    await sleep(100)
    client.socket.resume()
    await client.untilEnd(5)
    return client.ended && client.receivedBytes === 8_000_001
  },
  'a reply to the end itself': (client) => {
    client.socket.end('last word\n')
    return endsAfter(client, 'word\n')
  },
  'the server ends while the peer goes on': (client) => {
    client.socket.write('end bye\n')
    const more = setInterval(() => client.socket.write('x'.repeat(100_000)), 1)
    return endsAfter(client, 'bye\n').finally(() => {
      clearInterval(more)
      client.end()
    })
  },
  'the peer ends, and the server speaks later': (client) => {
    client.socket.end('late word\n')
    return endsAfter(client, 'word\n')
  },
  'the server ends its side and goes on listening': async (client, subject) => {
    client.socket.write('half bye\n')
    if (!(await endsAfter(client, 'bye\n'))) return false
    const before = (await subject.counts()).delivered
    client.socket.end('stay\n'.repeat(1000))
    const { delivered } = await subject.settled(({ delivered }) => delivered === before + 1000, 5)
    return delivered === before + 1000 && (await client.until(() => client.closed, 5)) && client.error === null
  },
  'both end at once': async (client) => {
    client.socket.end('end bye\n')
    return (await endsAfter(client, 'bye\n')) && (await client.until(() => client.closed, 5)) && client.error === null
  }
}

/** The ways in which one side of a stream ends before the other. */
export const halfClose: Row = {
  name: 'half-close',
  bar: 'every way of ending one side delivers every byte and the end, TCP and Unix: 16 of 16',
  beside: true,
  limit: 60,
  async measure(stage, kind) {
    const path = stage.socketPath()
    const tcp = await stage.start(kind, 'server', { serve: 'script' })
    const unix = await stage.start(kind, 'server', { serve: 'script', path })
    const failures: string[] = []
    for (const [transport, subject, at] of [
      ['TCP', tcp, tcp],
      ['Unix', unix, { path }]
    ] as const) {
      for (const [name, run] of Object.entries(cases)) {
        stage.step(`${name}, ${transport}`)
        const client = await Client.open(at)
        if (!(await run(client, subject))) failures.push(`${name} (${transport})`)
        client.destroy()
      }
    }
    const wanted = Object.keys(cases).length * 2
    const passed = wanted - failures.length
    return {
      text: [`${passed} of ${wanted}`, ...failures].join(', not: '),
      passed: failures.length === 0,
      values: { wanted, passed }
    }
  }
}
