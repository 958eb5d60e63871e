import { ByteSource, type Pointable, Span } from './byte-source.js'
import { Deadlines, NEVER } from './deadlines.js'
import { Directory } from './directory.js'
import { parseInteger } from './integer.js'
import { HASH_RANGE, KeyHash } from './key-hash.js'
import { NO_DEADLINE, Records } from './records.js'

/** A key and its value, until the next change of the keyspace; {@link NONE} when there is none. */
export type Entry = number

/** The entry of a key that does not exist. */
export const NONE: Entry = 0

/** As a deadline: the one that the key has already, or none. */
export const KEEP: number = Number.NEGATIVE_INFINITY

export interface KeyspaceOptions {
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
  /** 8 secret bytes for the hash. Default: random. */
  readonly secret?: Uint8Array
  /** Called when a deadline is set that is before all others. */
  readonly onEarlierDeadline?: (time: number) => void
}

/**
 * Keys and values, both of any bytes, with deadlines.
 *
 * Arguments are given as memory and offsets, and results are pointed at where they lie, so that reading and writing
 * makes no object. A key whose deadline has passed does not exist for any method; it is removed when it is come
 * across, or by {@link Keyspace.removeDue}.
 */
export class Keyspace {
  readonly #records = new Records()
  readonly #directory = new Directory(this.#records)
  readonly #deadlines = new Deadlines()
  readonly #hash: KeyHash
  readonly #now: () => number
  readonly #onEarlierDeadline: (time: number) => void
  readonly #key = new ByteSource()
  readonly #ownKey = new ByteSource()
  readonly #value = new ByteSource()
  readonly #span = new Span()
  /** Keys that {@link Keyspace.read} found, and did not find. */
  hits = 0
  misses = 0
  /** Keys removed because their time had come. */
  expired = 0

  constructor(options: KeyspaceOptions = {}) {
    this.#hash = new KeyHash(options.secret)
    this.#now = options.now ?? Date.now
    this.#onEarlierDeadline = options.onEarlierDeadline ?? (() => {})
  }

  /** How many keys there are, among them those that are due and not removed yet. */
  get size(): number {
    return this.#directory.count
  }

  /** How many keys have a deadline. */
  get expiring(): number {
    return this.#deadlines.count
  }

  /** A time before which no key expires. */
  get earliestDeadline(): number {
    return this.#deadlines.earliest
  }

  /** Bytes in use, and bytes taken from the system. */
  get memory(): { used: number; reserved: number } {
    const tables = this.#directory.bytes + this.#deadlines.bytes
    return { used: this.#records.used + tables, reserved: this.#records.reserved + tables }
  }

  /** The entry of a key. */
  find(source: Uint8Array, start: number, end: number): Entry {
    const key = this.#key.over(source)
    const entry = this.#directory.find(this.#hash.of(key, start, end), key, start, end)
    return entry === NONE || !this.#records.mayExpire(entry) ? entry : this.#unlessDue(entry)
  }

  /** The entry of a key, counted as a hit or a miss. */
  read(source: Uint8Array, start: number, end: number): Entry {
    const entry = this.find(source, start, end)
    if (entry === NONE) this.misses++
    else this.hits++
    return entry
  }

  /** Sets a key to `from[fromStart…fromEnd)`, with a deadline, {@link NEVER} or {@link KEEP}. */
  set(
    source: Uint8Array,
    start: number,
    end: number,
    from: Uint8Array,
    fromStart: number,
    fromEnd: number,
    deadline: number = NEVER
  ): void {
    const key = this.#key.over(source)
    const value = from === source ? key : this.#value.over(from)
    const hash = this.#hash.of(key, start, end)
    let entry = this.#directory.find(hash, key, start, end)
    if (deadline === KEEP && entry !== NONE) entry = this.#unlessDue(entry)
    if (entry === NONE) {
      const expires = deadline !== NEVER && deadline !== KEEP
      const created = this.#records.create(key, start, end, value, fromStart, fromEnd, expires)
      this.#directory.insert(hash, created)
      if (expires) this.#updateDeadline(created, deadline)
      return
    }
    const written = this.#records.replace(entry, value, fromStart, fromEnd)
    if (written !== entry) this.#moved(hash, entry, written)
    if (deadline !== KEEP && (deadline !== NEVER || this.#records.mayExpire(written))) {
      this.#updateDeadline(written, deadline)
    }
  }

  /** Gives an entry another value and keeps its deadline. */
  replace(entry: Entry, from: Uint8Array, start: number, end: number): void {
    this.#relocate(entry, this.#records.replace(entry, this.#value.over(from), start, end))
  }

  /** Appends to an entry's value. */
  append(entry: Entry, from: Uint8Array, start: number, end: number): void {
    this.#relocate(entry, this.#records.append(entry, this.#value.over(from), start, end))
  }

  /** Removes an entry. */
  remove(entry: Entry): void {
    const position = this.#records.deadline(entry)
    if (position !== NO_DEADLINE) this.#clearDeadline(entry, position)
    this.#directory.remove(this.#hashOf(entry), entry)
    this.#records.free(entry)
  }

  /** Points `target` at an entry's key. */
  key<T extends Pointable>(entry: Entry, target: T): T {
    return this.#records.key(entry, target)
  }

  /** Points `target` at an entry's value. */
  value<T extends Pointable>(entry: Entry, target: T): T {
    return this.#records.value(entry, target)
  }

  /** The length of an entry's value in bytes. */
  valueLength(entry: Entry): number {
    return this.#records.valueLength(entry)
  }

  /** An entry's value as a signed 64-bit integer: a number where it is safe, undefined where it is no such integer. */
  integer(entry: Entry): number | bigint | undefined {
    const { bytes, start, end } = this.#records.value(entry, this.#span)
    return parseInteger(bytes, start, end)
  }

  /** When an entry expires, or {@link NEVER}. */
  deadline(entry: Entry): number {
    const position = this.#records.deadline(entry)
    return position === NO_DEADLINE ? NEVER : this.#deadlines.time(position)
  }

  /** Sets when an entry expires; {@link NEVER} takes its deadline away. */
  setDeadline(entry: Entry, time: number): void {
    this.#updateDeadline(entry, time)
  }

  /** Removes all keys and gives back their memory. */
  clear(): void {
    this.#directory.clear()
    this.#deadlines.clear()
    this.#records.clear()
  }

  /**
   * Visits about `count` entries from `cursor` on, 0 at first, and returns the cursor to go on from, 0 at the end.
   * An entry that is there from the first call to the last is visited exactly once, whatever else changes. `visit`
   * must change nothing.
   */
  scan(cursor: number, count: number, visit: (entry: Entry) => void): number {
    if (cursor >= HASH_RANGE) return 0
    const now = this.#now()
    let seen = 0
    let next = cursor
    // As in Redis, a sparse table ends a call early: ten free homes count as one entry.
    for (let homes = 0; homes < count * 10 && seen < count; homes += 8) {
      next = this.#directory.scan(next, 8, (entry) => {
        seen++
        if (this.deadline(entry) > now) visit(entry)
      })
      if (next === 0) break
    }
    return next
  }

  /**
   * Looks at `looks` deadlines, where the last call stopped, and removes `removals` keys that are due at most. Answers
   * whether it has not come around yet.
   */
  removeDue(looks: number, removals: number): boolean {
    return this.#deadlines.sweep(this.#now(), looks, removals, (entry) => this.#expire(entry))
  }

  #unlessDue(entry: Entry): Entry {
    const deadline = this.deadline(entry)
    if (deadline === NEVER || deadline > this.#now()) return entry
    this.#expire(entry)
    return NONE
  }

  #expire(entry: Entry): void {
    this.remove(entry)
    this.expired++
  }

  #hashOf(entry: Entry): number {
    const { start, end } = this.#records.key(entry, this.#ownKey)
    return this.#hash.of(this.#ownKey, start, end)
  }

  /** Tells everybody that an entry has moved, if it has. */
  #relocate(entry: Entry, moved: Entry): void {
    if (moved !== entry) this.#moved(this.#hashOf(moved), entry, moved)
  }

  #moved(hash: number, from: Entry, to: Entry): void {
    this.#directory.replace(hash, from, to)
    const position = this.#records.deadline(to)
    if (position !== NO_DEADLINE) this.#deadlines.setRef(position, to)
  }

  #updateDeadline(entry: Entry, time: number): void {
    const position = this.#records.deadline(entry)
    if (time === NEVER) {
      if (position !== NO_DEADLINE) this.#clearDeadline(entry, position)
      return
    }
    const earliest = this.#deadlines.earliest
    if (position !== NO_DEADLINE) this.#deadlines.setTime(position, time)
    else {
      const roomy = this.#records.makeRoom(entry)
      this.#relocate(entry, roomy)
      this.#records.setDeadline(roomy, this.#deadlines.add(roomy, time))
    }
    if (time < earliest) this.#onEarlierDeadline(time)
  }

  #clearDeadline(entry: Entry, position: number): void {
    this.#records.setDeadline(entry, NO_DEADLINE)
    const moved = this.#deadlines.remove(position)
    if (moved !== NONE) this.#records.setDeadline(moved, position)
  }
}
