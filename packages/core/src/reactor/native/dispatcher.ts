import { ByteReader, type FrameCursor, type RawBuffer } from '../../codec/index.js'
import type { Channel } from '../../connection/channel.js'
import { HELD, PEER_ENDED, SWITCHED, UNSENDABLE } from '../../connection/state.js'
import { BUFFERED, VITALS } from '../../time/vitals.js'
import type { Acceptor, ReactorCounters } from '../contract.js'
import type { Bridge } from './bridge.js'
import { errorName } from './errno.js'
import * as L from './layout.js'
import type { NativeDatagrams } from './native-datagrams.js'

/**
 * Handles one turn of the native reactor: walks the records and calls the channels. `turn` is the one function that native
 * code calls. A handler that throws is caught by its channel, so that nothing it does can lose the records behind its own.
 */
export class Dispatcher {
  /** Who accepts, by the listener's index. */
  readonly acceptors: (Acceptor | undefined)[] = []
  /** UDP sockets, by their index. */
  readonly datagrams: (NativeDatagrams | undefined)[] = []
  /** Channels and tokens in turn: whom to wake in the next turn. */
  readonly wakes: unknown[] = []
  /** Channels whose codec has changed: what was framed before means nothing to them. */
  readonly switched: Channel[] = []
  readonly #bridge: Bridge
  readonly #destroy: (slot: number) => void
  readonly #counters: ReactorCounters
  readonly #channels: (Channel | undefined)[] = []
  readonly #reader = new ByteReader()
  readonly #cursor: FrameCursor

  /** `destroy` closes a connection that nobody wants. */
  constructor(bridge: Bridge, destroy: (slot: number) => void, counters: ReactorCounters) {
    this.#bridge = bridge
    this.#destroy = destroy
    this.#counters = counters
    this.#cursor = { bytes: bridge.input, table: bridge.frames, at: 0, until: 0, walk: 0, start: 0 }
  }

  /** Takes on a channel that was made before its connection is open. */
  attach(channel: Channel): void {
    this.#channels[channel.slot] = channel
  }

  turn(): void {
    const { control, records } = this.#bridge
    this.#counters.turns++
    const end = (control[L.RECORD_COUNT] as number) * L.RECORD_WORDS
    if (this.switched.length > 0) this.#proceed()
    if (this.wakes.length > 0) this.#wake()
    for (let at = 0; at < end; at += L.RECORD_WORDS) {
      const slot = records[at + L.SLOT] as number
      const kind = records[at] as number
      if (kind === L.OPEN) this.#open(slot, records[at + L.START] as number)
      else if (kind === L.ACCEPT_FAILED) this.acceptors[slot]?.acceptFailed(errorName(records[at + L.START] as number))
      else if (kind === L.DATAGRAMS) this.datagrams[slot]?.told(records, at)
      else {
        const channel = this.#channels[slot]
        if (channel === undefined) continue
        if (kind === L.DATA) this.#data(channel, at)
        else if (kind === L.DRAIN) channel.drained()
        else if (kind === L.END) this.#end(channel, at)
        else if (kind === L.CLOSE) this.#close(channel, records[at + L.START] as number)
        else if (kind === L.IDLE) channel.idle()
      }
    }
  }

  #open(slot: number, listener: number): void {
    if (listener === L.OWN) {
      this.#channels[slot]?.opened()
      return
    }
    const channel = this.acceptors[listener]?.accept(slot) ?? null
    if (channel === null) {
      this.#channels[slot] = undefined
      this.#destroy(slot)
      return
    }
    this.#channels[slot] = channel
    channel.opened()
  }

  #data(channel: Channel, at: number): void {
    const { records } = this.#bridge
    const flags = records[at + L.FLAGS] as number
    const bytes = this.#memory(channel.slot, flags)
    const end = records[at + L.FINISH] as number
    const { host } = channel
    const before = host.delivered
    let consumed: number
    if ((flags & L.FRAMED) !== 0) consumed = this.#frames(channel, at, bytes)
    else {
      consumed = channel.receive(this.#reader, bytes, records[at + L.START] as number, end)
      records[at + L.NEEDED] = (channel.state & HELD) === 0 ? channel.needed : stopped(channel)
    }
    records[at + L.CONSUMED] = consumed
    if (end - consumed > channel.maxBuffered && (channel.state & HELD) === 0) channel.overfull()
    if (host.delivered !== before) channel.batchEnded()
  }

  #frames(channel: Channel, at: number, bytes: RawBuffer): number {
    const { records } = this.#bridge
    const cursor = this.#cursor
    const until = records[at + L.FRAME_UNTIL] as number
    cursor.bytes = bytes
    cursor.until = until
    cursor.walk++
    cursor.at = records[at + L.FRAME_AT] as number
    cursor.start = records[at + L.START] as number
    channel.deliverFrames(cursor)
    if ((channel.state & SWITCHED) !== 0) {
      records[at + L.NEEDED] = L.STOPPED_EARLY
      return cursor.start
    }
    if (cursor.at < until) return cursor.start
    // Bytes that ask for no message, such as empty requests.
    const framedEnd = records[at + L.FRAMED_END] as number
    channel.received += framedEnd - cursor.start
    const reason = records[at + L.REASON] as number
    if (reason !== 0) {
      // Held back, the refusal must wait as a message would; the reactor will find it again.
      if ((channel.state & HELD) !== 0) records[at + L.NEEDED] = L.STOPPED_EARLY
      else channel.refused(reason, records[at + L.DETAIL] as number)
    }
    return framedEnd
  }

  #end(channel: Channel, at: number): void {
    const { records } = this.#bridge
    const bytes = this.#memory(channel.slot, records[at + L.FLAGS] as number)
    const start = records[at + L.START] as number
    records[at + L.CONSUMED] = channel.peerEnded(this.#reader, bytes, start, records[at + L.FINISH] as number)
    // Held back, the end must wait as a message would.
    if ((channel.state & (PEER_ENDED | UNSENDABLE)) === 0) records[at + L.NEEDED] = L.STOPPED_EARLY
  }

  #close(channel: Channel, errno: number): void {
    channel.closed(errno === 0 ? null : errorName(errno))
    this.#channels[channel.slot] = undefined
  }

  #memory(slot: number, flags: number): RawBuffer {
    if ((flags & L.OWN_MEMORY) === 0) return this.#bridge.input
    return Buffer.from(this.#bridge.inputs[slot] as ArrayBuffer) as RawBuffer
  }

  /** The reactor has framed anew since the last turn; what it keeps is what it kept then, if the channel holds it. */
  #proceed(): void {
    const { vitals } = this.#bridge
    for (const channel of this.switched.splice(0)) channel.switched(vitals[VITALS * channel.slot + BUFFERED] as number)
  }

  #wake(): void {
    const due = this.wakes.splice(0)
    for (let i = 0; i < due.length; i += 2) (due[i] as Channel).woken(due[i + 1])
  }
}

/** What to tell of a channel that holds back messages. */
function stopped(channel: Channel): number {
  return channel.pending ? L.MORE_WITHOUT_BYTES : L.STOPPED_EARLY
}
