import { grouped } from '../../table.js'
import { ChaosProxy, type Toxics } from '../chaos-proxy.js'
import type { Dice } from '../dice.js'
import type { Row } from '../row.js'
import { Transfer } from '../transfer.js'

/** A proxy between the clients and the server that cuts, delays, ends and resets. */
export const chaos: Row = {
  name: 'chaos',
  bar: '200 MB echoed through a proxy that slices, delays, ends and resets: SHA-256 equal for all that survive',
  beside: true,
  limit: 60,
  async measure(stage, kind) {
    const streams = 40
    const bytes = stage.size(5_000_000, 500_000)
    const toxics = Array.from({ length: streams }, () => drawToxics(stage.dice, bytes))
    const seed = stage.dice.roll(1e9)
    const subject = await stage.start(kind, 'server')
    const proxy = await ChaosProxy.start(subject.port, seed, (stream) => toxics[stream % streams]!)
    stage.defer(() => proxy.close())
    stage.step(`${streams} streams of ${grouped(bytes)} bytes`)
    const transfers = await Promise.all(
      Array.from({ length: streams }, (_, i) => new Transfer(proxy.port, bytes, seed + i).run())
    )
    const count = (wanted: string) => transfers.filter((outcome) => outcome === wanted).length
    const survivors = toxics.filter(({ limit }) => limit === null).length
    const { opened, closed } = await subject.settled(({ opened, closed }) => opened === closed)
    return {
      text:
        `${count('whole')} of ${survivors} streams whole, ${count('cut')} cut and right until then, ` +
        `${count('wrong')} wrong; ${grouped((streams * bytes) / 1e6)} MB`,
      passed: count('whole') === survivors && count('wrong') === 0 && opened === closed,
      values: { streams, bytes: streams * bytes, whole: count('whole'), cut: count('cut'), wrong: count('wrong') }
    }
  }
}

/** The trouble of one stream: three in ten do not survive. */
function drawToxics(dice: Dice, bytes: number): Toxics {
  const fate = dice.roll(10)
  const limit = { bytes: 1 + dice.roll(bytes), by: fate === 0 ? 'end' : 'reset' } as const
  return {
    slices: dice.roll(3) === 0 ? 1 : 2 + dice.roll(8),
    latency: dice.roll(3),
    jitter: dice.roll(4),
    limit: fate < 3 ? limit : null
  }
}
