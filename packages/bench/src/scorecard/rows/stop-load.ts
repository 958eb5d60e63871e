import { setTimeout as sleep } from 'node:timers/promises'
import { grouped } from '../../table.js'
import { type Client, openClients } from '../client.js'
import type { Dice } from '../dice.js'
import type { Kind, Row } from '../row.js'
import type { Stage } from '../stage.js'
import type { Counts } from '../subject.js'

interface Stopped {
  /** Requests that the server's handlers were given. */
  readonly handled: number
  /** Requests that had arrived, or been handled, and were not answered. */
  readonly lost: number
  /** Streams that did not end in order after a whole reply. */
  readonly broken: number
}

const lines = (first: number, count: number) => Array.from({ length: count }, (_, i) => `${first + i}\n`).join('')

/** Sends numbered lines until the server ends its side, and is never far ahead of the replies. */
function keepAsking(client: Client, dice: Dice): void {
  let next = 0
  let sentBytes = 0
  const more = () => {
    if (client.ended || client.closed || client.socket.writableEnded) return
    if (sentBytes - client.receivedBytes < 10_000) {
      const text = lines(next, 50)
      next += 50
      sentBytes += text.length
      client.socket.write(text)
    }
    setTimeout(more, dice.roll(4))
  }
  more()
}

/** How many replies have come, whole and in order; -1 when one is wrong. */
function replies(client: Client): number {
  const all = client.received.split('\n')
  const rest = all.pop()
  return rest === '' && all.every((line, i) => line === `${i}`) ? all.length : -1
}

async function stopped(stage: Stage, kind: Kind, ask: (clients: Client[]) => Promise<number | null>): Promise<Stopped> {
  const subject = await stage.start(kind, 'server', { serve: 'script' })
  const clients = await openClients(100, subject)
  await subject.settled(({ opened }) => opened === clients.length)
  const arrived = await ask(clients)
  const stopping = subject.ask<Counts>('stop 5000')
  await Promise.all(clients.map((client) => client.untilEnd().then(() => client.end())))
  const handled = (await stopping).delivered
  const counts = clients.map(replies)
  const received = counts.reduce((sum, count) => sum + Math.max(0, count), 0)
  const broken = clients.filter(({ ended }, i) => !ended || counts[i] === -1).length
  for (const client of clients) client.destroy()
  await subject.child.stop()
  return { handled, lost: (arrived ?? handled) - received, broken }
}

/** Graceful stops while clients ask without pause, and just after requests that the server has not read yet. */
export const stopLoad: Row = {
  name: 'stop-load',
  bar: 'a stop under load loses no reply to what was handled, nor to what had arrived before the stop',
  beside: true,
  limit: 40,
  async measure(stage, kind) {
    const rounds = stage.size(4, 1)
    const results: Stopped[] = []
    for (let round = 0; round < rounds; round++) {
      stage.step(`round ${round + 1} of ${rounds}: clients that ask on and on`)
      const asking = await stopped(stage, kind, async (clients) => {
        for (const client of clients) keepAsking(client, stage.dice)
        await sleep(150 + stage.dice.roll(100))
        return null
      })
      stage.step(`round ${round + 1} of ${rounds}: requests that have just arrived`)
      const waiting = await stopped(stage, kind, async (clients) => {
        const text = lines(0, 2000)
        const written = clients.map((client) => new Promise((resolve) => client.socket.write(text, resolve)))
        await Promise.all(written)
        return clients.length * 2000
      })
      results.push(asking, waiting)
    }
    const sum = (key: keyof Stopped) => results.reduce((total, result) => total + result[key], 0)
    const [handled, lost, broken] = [sum('handled'), sum('lost'), sum('broken')]
    return {
      text: `${grouped(handled)} handled, ${lost} lost, ${broken} of ${results.length * 100} streams broken`,
      passed: lost === 0 && broken === 0 && handled > 0,
      values: { handled, lost, broken }
    }
  }
}
