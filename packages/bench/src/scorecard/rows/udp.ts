import { setTimeout as sleep } from 'node:timers/promises'
import { grouped } from '../../table.js'
import { askAndVanish, DatagramStream, flood } from '../datagrams.js'
import type { Row } from '../row.js'

interface Stats {
  readonly received: number
  readonly dropped: { readonly receiveBuffer: number | null }
}

/** Datagrams of every size, peers that are gone, and more than the system can keep. */
export const udp: Row = {
  name: 'udp',
  bar: '200,000 datagrams, empty and 65,507 bytes among them, all back in order; a flood and vanished peers: every loss accounted for',
  beside: true,
  limit: 60,
  async measure(stage, kind) {
    const count = stage.size(200_000, 10_000)
    const flooded = stage.size(20_000, 5000)
    const subject = await stage.start(kind, 'udp')
    const { port } = subject
    stage.step(`${count} datagrams`)
    const stream = new DatagramStream(port, stage.dice)
    stage.defer(() => stream.close())
    await stream.run(count)
    const lost = count - stream.returned
    stage.step('peers that are gone')
    await askAndVanish(port, stage.size(1000, 100))
    await sleep(300)
    stage.step(`a flood of ${flooded}`)
    const before = await subject.ask<Stats>('stats')
    await flood(port, flooded)
    await sleep(500)
    const after = await subject.ask<Stats>('stats')
    const got = after.received - before.received
    const unread = (after.dropped.receiveBuffer ?? 0) - (before.dropped.receiveBuffer ?? 0)
    const unaccounted = flooded - got - unread
    return {
      text:
        `${grouped(stream.returned)} of ${grouped(count)} back, ${stream.wrong} wrong; ` +
        `of a flood of ${grouped(flooded)} ${grouped(got)} received, ${grouped(unread)} dropped and counted, ${unaccounted} unaccounted`,
      passed: lost === 0 && stream.wrong === 0 && unaccounted === 0,
      values: { count, lost, wrong: stream.wrong, flooded, received: got, droppedByReceiveBuffer: unread, unaccounted }
    }
  }
}
