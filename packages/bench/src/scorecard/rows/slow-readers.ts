import { setTimeout as sleep } from 'node:timers/promises'
import { forgetPeak, peakResidentBytes } from '../../measure.js'
import { figure } from '../../table.js'
import { type Client, openClients } from '../client.js'
import { healthyP99 } from '../latency.js'
import type { Kind, Row } from '../row.js'
import type { Stage } from '../stage.js'
import { type Subject, steadyHeap } from '../subject.js'

const mebibyte = 1024 * 1024
const highWaterMark = 65_536
const reply = 65_536

interface Held {
  /** The most that memory has grown. */
  readonly grown: number
  /** Connections that the server has cut. */
  readonly cut: number
}

/** A server that is warm: the memory of its first big replies is not what is asked for. */
async function startWarm(stage: Stage, kind: Kind, backpressure: string, maxQueued: number): Promise<Subject> {
  const flags = { serve: 'script', backpressure, maxQueued }
  const subject = await stage.start(kind, 'server', flags, { node: steadyHeap })
  const [client] = await openClients(1, subject, { keep: false })
  client!.socket.end(`big ${reply}\n`.repeat(20))
  await client!.untilEnd()
  client!.destroy()
  await healthyP99(stage, subject, 0.5)
  return subject
}

/** Opens clients that ask for more than the system buffers and read nothing; they stay. */
async function burden(stage: Stage, subject: Subject, clients: number): Promise<Held> {
  const before = await subject.residentBytes()
  forgetPeak(subject.pid)
  const slow: Client[] = await openClients(clients, subject, { reading: false, keep: false })
  stage.defer(() => {
    for (const client of slow) client.destroy()
  })
  for (const client of slow) client.socket.write(`big ${reply}\n`.repeat(120))
  // Until the system's buffers are full and the server has nothing left to do, or to cut.
  let delivered = -1
  for (let next = 0; next !== delivered; next = (await subject.counts()).delivered) {
    delivered = next
    await sleep(500)
  }
  const grown = peakResidentBytes(subject.pid) - before
  const { closed, opened, live } = await subject.counts()
  return { grown, cut: Math.min(closed, opened - live) - 2 }
}

/** Clients that ask for big replies and never read. */
export const slowReaders: Row = {
  name: 'slow-readers',
  bar: 'memory at most the cap of each + 10 %, held or cut; p99 of a healthy client below twice what it is without them',
  beside: true,
  limit: 60,
  async measure(stage, kind) {
    const clients = stage.size(200, 50)
    const seconds = stage.size(3, 1)
    stage.step('alone')
    const holding = await startWarm(stage, kind, 'hold', 64 * mebibyte)
    const alone = await healthyP99(stage, holding, seconds)
    stage.step(`beside ${clients} that never read and are held`)
    const held = await burden(stage, holding, clients)
    const beside = await healthyP99(stage, holding, seconds)

    stage.step(`${clients} that never read and are cut`)
    const cap = mebibyte
    const cut = await burden(stage, await startWarm(stage, kind, 'manual', cap), clients)
    // A held connection has at most what the mark allows and the reply that passed it.
    const heldLimit = clients * (highWaterMark + reply) * 1.1
    const cutLimit = clients * cap * 1.1
    const percent = (bytes: number, limit: number) => `${Math.round((bytes / limit) * 110)} % of the cap`
    return {
      text:
        `held: ${figure(held.grown / mebibyte)} MiB, ${percent(held.grown, heldLimit)}; ` +
        `cut: ${cut.cut} of ${clients}, ${figure(cut.grown / mebibyte)} MiB, ${percent(cut.grown, cutLimit)}; ` +
        `p99 ${alone.toFixed(3)} ms alone, ${beside.toFixed(3)} ms beside them`,
      passed: held.grown <= heldLimit && cut.grown <= cutLimit && cut.cut === clients && beside < 2 * alone,
      values: {
        ...{ clients, heldBytes: held.grown, heldLimitBytes: heldLimit, cut: cut.cut },
        ...{ cutBytes: cut.grown, cutLimitBytes: cutLimit, p99AloneMs: alone, p99BesideMs: beside }
      }
    }
  }
}
