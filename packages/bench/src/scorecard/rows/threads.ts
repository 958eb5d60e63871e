import { Client } from '../client.js'
import type { Row } from '../row.js'

/** What a client does so that the server's hook of that name is called. */
const provocations: Readonly<Record<string, (client: Client) => void>> = {
  onOpen: () => {},
  onMessage: (client) => client.socket.write('go\n'),
  onBatchEnd: (client) => client.socket.write('go\n'),
  onWake: (client) => client.socket.write('wake\n'),
  onDrain: (client) => client.socket.write('flood\n'),
  onEnd: (client) => client.end(),
  onClose: (client) => client.end()
}

/** Threads that are terminated in the middle of a handler. */
export const threads: Row = {
  name: 'threads',
  bar: '100 threads terminated inside a hook: the process lives, every client sees the end, descriptors flat',
  beside: false,
  limit: 90,
  async measure(stage) {
    const wanted = stage.size(100, 14)
    const hooks = Object.entries(provocations)
    const subject = await stage.start('shiny', 'threads')
    let ended = 0
    let before = 0
    stage.step(`${wanted} threads`)
    for (let round = 0; round < wanted; round++) {
      const [hook, provoke] = hooks[round % hooks.length]!
      const client = await Client.open(await subject.ask<{ port: number }>(`start ${hook}`), { keep: false })
      provoke(client)
      await subject.ask('stuck')
      await subject.ask('terminate')
      if (await client.untilEnd(5)) ended++
      client.destroy()
      if (round === hooks.length) before = subject.descriptors()
    }
    const more = subject.descriptors() - before
    return {
      text: `${wanted} terminated, ${ended} clients saw the end, ${more} descriptors more`,
      passed: ended === wanted && more <= 0,
      values: { wanted, ended, descriptorsMore: more }
    }
  }
}
