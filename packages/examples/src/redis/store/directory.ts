import type { ByteSource } from './byte-source.js'
import { HASH_RANGE } from './key-hash.js'
import { SlotTable } from './slot-table.js'

const MIN_HOMES = 64
/** How many slots of the old table each change moves, while a table is being replaced. */
const SLOTS_PER_CHANGE = 64

/** Compares a key with the key of a record. */
export interface KeyMatcher {
  keyEquals(ref: number, source: ByteSource, start: number, end: number): boolean
}

/**
 * Finds a record by its key: a hash table from hashes to the references of records, at most three quarters full.
 *
 * When it becomes too full or too empty, a table of another size takes over piece by piece, a little with each
 * change, so that no change takes long. Pieces move in the order of hashes: entries whose hash is below the frontier
 * are in the new table, all others in the old one, so that a search looks into one table only.
 */
export class Directory {
  readonly #matcher: KeyMatcher
  #table = new SlotTable(MIN_HOMES)
  /** The table that takes over; the same as `#table` while none does. */
  #next = this.#table
  /** Hashes below this are in `#next`. */
  #frontier = 0
  /** The slot of `#table` that moves next. */
  #cursor = 0
  #count = 0

  constructor(matcher: KeyMatcher) {
    this.#matcher = matcher
  }

  get count(): number {
    return this.#count
  }

  /** Bytes of the tables. */
  get bytes(): number {
    const { slots } = this.#table
    return slots.byteLength + (this.#next === this.#table ? 0 : this.#next.slots.byteLength)
  }

  /** The reference of the record with this key, or 0. */
  find(hash: number, source: ByteSource, start: number, end: number): number {
    const table = hash < this.#frontier ? this.#next : this.#table
    const { slots } = table
    for (let at = (hash >>> table.shift) << 1; ; at += 2) {
      const ref = slots[at + 1]
      if (ref === 0) return 0
      if (slots[at] === hash && this.#matcher.keyEquals(ref, source, start, end)) return ref
    }
  }

  /** Adds a record whose key is not here yet. */
  insert(hash: number, ref: number): void {
    if (this.#next !== this.#table) this.#advance()
    else if (this.#count >= this.#table.homes * 0.75) this.#resize(this.#table.homes * 2)
    const table = hash < this.#frontier ? this.#next : this.#table
    if (!table.insert(hash, ref)) {
      this.#rebuild()
      this.insert(hash, ref)
      return
    }
    this.#count++
  }

  /** The record has moved. */
  replace(hash: number, ref: number, newRef: number): void {
    const table = hash < this.#frontier ? this.#next : this.#table
    const slot = table.slotOf(hash, ref)
    if (slot === -1) throw new Error('a record that is not in the directory has moved')
    table.slots[slot * 2 + 1] = newRef
  }

  /** Removes a record; false when it is not here. */
  remove(hash: number, ref: number): boolean {
    const table = hash < this.#frontier ? this.#next : this.#table
    const slot = table.slotOf(hash, ref)
    if (slot === -1) return false
    table.removeAt(slot)
    this.#count--
    if (this.#next !== this.#table) this.#advance()
    else if (this.#count < this.#table.homes / 8 && this.#table.homes > MIN_HOMES) this.#resize(this.#table.homes / 4)
    return true
  }

  clear(): void {
    this.#table = new SlotTable(MIN_HOMES)
    this.#next = this.#table
    this.#frontier = 0
    this.#cursor = 0
    this.#count = 0
  }

  /**
   * Visits the entries of the next `homes` homes from `cursor` on and returns the cursor that goes on from there, 0
   * at the end. `visit` must change nothing.
   *
   * A cursor is a hash: everything below it has been visited. It therefore stays right whatever happens to the table
   * between two calls, and an entry that is there all the time is visited exactly once.
   */
  scan(cursor: number, homes: number, visit: (ref: number) => void): number {
    const moved = cursor < this.#frontier
    const table = moved ? this.#next : this.#table
    const { slots, shift } = table
    const first = cursor >>> shift
    const behind = Math.min(first + homes, table.homes)
    const until = Math.min(behind * 2 ** shift, moved ? this.#frontier : HASH_RANGE)
    for (let slot = first; slot < behind || slots[slot * 2 + 1] !== 0; slot++) {
      if (slots[slot * 2 + 1] === 0) continue
      const hash = slots[slot * 2]
      if (hash >= cursor && hash < until) visit(slots[slot * 2 + 1])
    }
    return until === HASH_RANGE ? 0 : until
  }

  #resize(homes: number): void {
    this.#next = this.#table.successor(Math.max(MIN_HOMES, homes))
    this.#cursor = 0
    this.#advance()
  }

  /** Moves a piece of the old table, up to the end of a cluster. */
  #advance(): void {
    const { slots, homes, shift, length } = this.#table
    const target = this.#next
    const enough = this.#cursor + SLOTS_PER_CHANGE
    for (; this.#cursor < length; this.#cursor++) {
      const ref = slots[this.#cursor * 2 + 1]
      if (ref !== 0) {
        if (target.insert(slots[this.#cursor * 2], ref)) continue
        this.#rebuild()
        return
      }
      if (this.#cursor >= enough) break
    }
    // The cursor is at a free slot: no entry whose home is before it lies behind it.
    if (this.#cursor >= homes) this.#settle(target)
    else this.#frontier = this.#cursor << shift
  }

  #settle(table: SlotTable): void {
    this.#table = table
    this.#next = table
    this.#frontier = 0
    this.#cursor = 0
  }

  /** Spill room is used up: moves everything to a table with more of it, at once. */
  #rebuild(): void {
    let fresh = this.#next
    do fresh = fresh.successor(fresh.homes)
    while (!this.#copyTo(fresh))
    this.#settle(fresh)
  }

  #copyTo(fresh: SlotTable): boolean {
    if (this.#next !== this.#table && !copySlots(this.#next, 0, fresh)) return false
    return copySlots(this.#table, this.#cursor, fresh)
  }
}

function copySlots(from: SlotTable, first: number, to: SlotTable): boolean {
  const { slots, length } = from
  for (let slot = first; slot < length; slot++) {
    const ref = slots[slot * 2 + 1]
    if (ref !== 0 && !to.insert(slots[slot * 2], ref)) return false
  }
  return true
}
