import * as D from '../reactor/datagrams.js'

/** What has happened to the datagrams of a {@link UdpServer} since it was made. */
export interface UdpStats {
  /** Datagrams received, those that were dropped as too long or malformed among them. */
  readonly received: number
  readonly receivedBytes: number
  /** Datagrams that the system has taken. */
  readonly sent: number
  readonly sentBytes: number
  /** Bytes that wait for the system to take them, with 64 more for each datagram. */
  readonly queued: number
  /** Datagrams lost on this side, by reason. */
  readonly dropped: {
    /** Received, but longer than the format's `maxLength`. */
    readonly tooLong: number
    /** Received, but refused by the format. */
    readonly malformed: number
    /** Lost by the system because the receive buffer was full; null where it does not tell (elsewhere than on Linux, and by the portable reactor). */
    readonly receiveBuffer: number | null
    /** To be sent, but refused by the system. */
    readonly unsent: number
    /** To be sent, but more than `maxQueued` was queued. */
    readonly queueFull: number
  }
}

/** Adds sockets up. */
export class Tally {
  readonly #facts = new Float64Array(D.DATAGRAM_FACTS)
  #lost: number | null = null

  add(facts: Float64Array, lost: number | null): void {
    for (let word = 0; word < D.DATAGRAM_FACTS; word++) {
      this.#facts[word] = (this.#facts[word] as number) + (facts[word] as number)
    }
    if (lost !== null) this.#lost = (this.#lost ?? 0) + lost
  }

  /** A socket that closes: what is queued there is dropped. */
  addClosing(socket: D.DatagramSocket): void {
    this.add(socket.facts, socket.lost())
    this.#facts[D.QUEUED] = 0
  }

  /** The sum with the sockets that are open. */
  stats(open: readonly D.DatagramSocket[], malformed: number): UdpStats {
    const all = new Tally()
    all.add(this.#facts, this.#lost)
    for (const socket of open) all.add(socket.facts, socket.lost())
    const fact = (word: number) => all.#facts[word] as number
    return {
      received: fact(D.RECEIVED),
      receivedBytes: fact(D.RECEIVED_BYTES),
      sent: fact(D.SENT),
      sentBytes: fact(D.SENT_BYTES),
      queued: fact(D.QUEUED),
      dropped: {
        tooLong: fact(D.TOO_LONG),
        malformed,
        receiveBuffer: all.#lost,
        unsent: fact(D.UNSENT),
        queueFull: fact(D.OVERFLOW)
      }
    }
  }
}
