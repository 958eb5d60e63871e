import { Client } from '../client.js'
import type { Row } from '../row.js'

/** A server that listens and stops on one port, with a client connected each time. */
export const cycles: Row = {
  name: 'cycles',
  bar: '500 times listen and stop on one port: free again at once, every client served, descriptors as at the start',
  beside: true,
  limit: 60,
  async measure(stage, kind) {
    const wanted = stage.size(500, 50)
    const subject = await stage.start(kind, 'server')
    const { port } = subject
    stage.step(`${wanted} cycles`)
    let served = 0
    let before = 0
    for (let cycle = 0; cycle < wanted; cycle++) {
      const client = await Client.open({ port })
      if ((await client.ask('ping')) === 'ping') served++
      if (cycle === 0) before = subject.descriptors()
      const stopped = subject.ask<{ live: number }>('stop 2000')
      await client.untilEnd()
      client.end()
      await stopped
      await client.until(() => client.closed, 2)
      client.destroy()
      await subject.ask(`listen ${port}`)
    }
    const client = await Client.open({ port })
    await client.ask('ping')
    const more = subject.descriptors() - before
    client.destroy()
    return {
      text: `${served} of ${wanted} served, ${more} descriptors more`,
      passed: served === wanted && more === 0,
      values: { wanted, served, descriptorsMore: more }
    }
  }
}
