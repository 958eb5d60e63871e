import type { Kind, Packet, Reading } from './readings.js'
import { begin, Room, type Series } from './series.js'

/** How many values of timers and sets are kept between two reports, each of up to 200 bytes. */
const MOST_VALUES = 200_000

/** The figures of one series. */
export interface Entry {
  readonly kind: Kind
  readonly name: string
  readonly tags: readonly string[]
  readonly figures: Readonly<Record<string, number>>
}

/** What came in since the last report. */
export interface Report {
  readonly seconds: number
  /** Readings that were understood. */
  readonly received: number
  /** Lines, or whole datagrams, that made no sense. */
  readonly bad: number
  /** Readings of names for which there was no room. */
  readonly dropped: number
  readonly entries: readonly Entry[]
}

interface Named extends Omit<Entry, 'figures'> {
  readonly series: Series
}

/** All series, whatever their readings came by. */
export class Metrics {
  readonly #maxNames: number
  readonly #series = new Map<string, Named>()
  #room = new Room(MOST_VALUES)
  #since = performance.now()
  #received = 0
  #bad = 0
  #dropped = 0

  /** At most `maxNames` series at a time: whoever can send can make up names. */
  constructor(maxNames: number) {
    this.#maxNames = maxNames
  }

  take({ readings, bad }: Packet): void {
    this.#bad += bad
    this.#received += readings.length
    for (const reading of readings) this.#add(reading)
  }

  /** Something came that was no reading at all. */
  refused(): void {
    this.#bad++
  }

  /** Tells what has come since the last time. Counters, timers and sets begin anew; gauges keep their values, and their places. */
  flush(): Report {
    const now = performance.now()
    const seconds = (now - this.#since) / 1000
    const entries = Array.from(this.#series.values(), ({ series, ...rest }) => ({
      ...rest,
      figures: series.figures(seconds)
    })).sort((a, b) => (a.name < b.name ? -1 : 1))
    const report = { seconds, received: this.#received, bad: this.#bad, dropped: this.#dropped, entries }
    for (const [key, { kind }] of this.#series) if (kind !== 'gauge') this.#series.delete(key)
    this.#room = new Room(MOST_VALUES)
    this.#since = now
    this.#received = this.#bad = this.#dropped = 0
    return report
  }

  #add(reading: Reading): void {
    const { kind, name, tags } = reading
    const key = `${kind} ${name} ${tags}`
    let named = this.#series.get(key)
    if (named === undefined) {
      if (this.#series.size >= this.#maxNames) {
        this.#dropped++
        return
      }
      named = { kind, name, tags, series: begin(kind, this.#room) }
      this.#series.set(key, named)
    }
    named.series.add(reading)
  }
}
