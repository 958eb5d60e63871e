import { type Client, openClients } from '../client.js'
import type { Row } from '../row.js'

/** How a peer may leave a connection that does not look at its input. */
const partings: Readonly<Record<string, (client: Client) => void>> = {
  'closes while paused': (client) => {
    client.socket.write('pause\n', () => client.destroy())
  },
  'resets while paused': (client) => {
    client.socket.write('pause\n', () => client.reset())
  },
  'ends while paused, then vanishes': (client) => {
    client.socket.end('pause\n', () => setTimeout(() => client.destroy(), 100))
  },
  'ends, is left half-open, then vanishes': (client) => {
    client.socket.end('stay\n', () => setTimeout(() => client.destroy(), 100))
  },
  'ends, is left half-open, then resets': (client) => {
    client.socket.end('stay\n', () => setTimeout(() => client.reset(), 100))
  },
  'ends without reading, then vanishes': (client) => {
    client.socket.pause().end('big 8000000\n', () => setTimeout(() => client.destroy(), 100))
  },
  'ends without reading, and stays': (client) => {
    client.socket.pause().end('big 8000000\n')
  }
}

/** Connections whose peers are gone while the server is not looking. */
export const hangUp: Row = {
  name: 'hang-up',
  bar: 'CPU below 2 % over 2 s with connections whose peers left while they were paused or half-open, TCP and Unix',
  beside: true,
  limit: 30,
  async measure(stage, kind) {
    const path = stage.socketPath()
    const subjects = [
      await stage.start(kind, 'server', { serve: 'script' }),
      await stage.start(kind, 'server', { serve: 'script', path })
    ]
    const each = stage.size(20, 5)
    for (const [i, subject] of subjects.entries()) {
      for (const [how, part] of Object.entries(partings)) {
        stage.step(`a peer ${how}`)
        for (const client of await openClients(each, i === 0 ? subject : { path }, { keep: false })) {
          // Its own time to be accepted and read.
          part(client)
          stage.defer(() => client.destroy())
        }
      }
    }
    stage.step('waiting until all is at rest')
    for (let i = 0; i < 10; i++) {
      const busy = await Promise.all(subjects.map((subject) => subject.cpuPercent(0.5)))
      if (Math.max(...busy) < 1) break
    }
    stage.step('looking at the CPU time')
    const [tcp = 0, unix = 0] = await Promise.all(subjects.map((subject) => subject.cpuPercent(2)))
    return {
      text: `TCP ${tcp.toFixed(2)} %, Unix ${unix.toFixed(2)} %`,
      passed: tcp < 2 && unix < 2,
      values: { tcpCpuPercent: tcp, unixCpuPercent: unix }
    }
  }
}
