import type { Kind, Reading } from './readings.js'

/** All readings of one name and its tags since the last flush. */
export interface Series {
  add(reading: Reading): void
  /** Its figures by their names, over so many seconds. */
  figures(seconds: number): Readonly<Record<string, number>>
}

/** How many values of a timer are kept. From a busier one as many are drawn, each value with the same chance. */
const SAMPLES = 1000

/** How many values may be kept between two reports, by all timers and sets together. */
export class Room {
  #left: number

  constructor(values: number) {
    this.#left = values
  }

  /** Takes the place of one value, if there is any left. */
  take(): boolean {
    if (this.#left === 0) return false
    this.#left--
    return true
  }
}

class Counter implements Series {
  #count = 0

  add({ value, rate }: Reading): void {
    this.#count += value / rate
  }

  figures(seconds: number) {
    return { count: this.#count, perSecond: this.#count / seconds }
  }
}

class Gauge implements Series {
  #value = 0

  add({ text, value }: Reading): void {
    this.#value = text.startsWith('+') || text.startsWith('-') ? this.#value + value : value
  }

  figures() {
    return { value: this.#value }
  }
}

class Timer implements Series {
  readonly #room: Room
  readonly #samples: number[] = []
  /** How many values came, and how many events they stand for. */
  #seen = 0
  #count = 0
  #sum = 0
  #least = Number.POSITIVE_INFINITY
  #most = 0

  constructor(room: Room) {
    this.#room = room
  }

  add({ value, rate }: Reading): void {
    this.#seen++
    this.#count += 1 / rate
    this.#sum += value
    this.#least = Math.min(this.#least, value)
    this.#most = Math.max(this.#most, value)
    const place = this.#seen <= SAMPLES ? this.#seen - 1 : Math.floor(Math.random() * this.#seen)
    if (place < this.#samples.length) this.#samples[place] = value
    else if (this.#samples.length < SAMPLES && (this.#samples.length === 0 || this.#room.take()))
      this.#samples.push(value)
  }

  figures() {
    const sorted = this.#samples.toSorted((a, b) => a - b)
    const percentile = (percent: number) => sorted[Math.ceil((percent / 100) * sorted.length) - 1] as number
    return {
      count: this.#count,
      min: this.#least,
      mean: this.#sum / this.#seen,
      p50: percentile(50),
      p95: percentile(95),
      p99: percentile(99),
      max: this.#most
    }
  }
}

class Distinct implements Series {
  readonly #room: Room
  readonly #members = new Set<string>()

  constructor(room: Room) {
    this.#room = room
  }

  add({ text }: Reading): void {
    if (!this.#members.has(text) && this.#room.take()) this.#members.add(text)
  }

  figures() {
    return { distinct: this.#members.size }
  }
}

/** Begins a series, whose values are kept in `room`. */
export function begin(kind: Kind, room: Room): Series {
  switch (kind) {
    case 'counter':
      return new Counter()
    case 'gauge':
      return new Gauge()
    case 'timer':
      return new Timer(room)
    case 'set':
      return new Distinct(room)
  }
}
