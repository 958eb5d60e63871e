import { HASH_RANGE } from './key-hash.js'

/** Slots behind the last home, where clusters at the end of the table run over. */
const SPILL = 1024

/**
 * One open-addressing table. A slot is two words, `hash, reference`; reference 0 is a free slot.
 *
 * An entry's home is the top bits of its hash, and it lies at its home or behind it with no free slot between. So
 * the table is in order of hashes but for a little disorder inside each cluster, and it does not wrap around: there
 * is spill room behind the last home instead. Both make it possible to move a table piece by piece and to walk it
 * while it moves.
 */
export class SlotTable {
  /** How many homes there are, a power of two. */
  readonly homes: number = 0
  /** `hash >>> shift` is an entry's home. */
  readonly shift: number = 0
  readonly slots: Int32Array
  readonly #spill: number = 0

  constructor(homes: number, spill: number = SPILL) {
    this.homes = homes
    this.shift = Math.log2(HASH_RANGE) - Math.log2(homes)
    this.#spill = spill
    this.slots = new Int32Array((homes + spill) * 2)
  }

  /** How many slots there are. The last one is never used, so that every search ends. */
  get length(): number {
    return this.slots.length >>> 1
  }

  /** Adds an entry; false when the spill room is used up, which a secret hash makes a matter of theory. */
  insert(hash: number, ref: number): boolean {
    const { slots } = this
    let at = (hash >>> this.shift) << 1
    while (slots[at + 1] !== 0) at += 2
    if (at === slots.length - 2) return false
    slots[at] = hash
    slots[at + 1] = ref
    return true
  }

  /** Where the entry with this very reference is, or -1. */
  slotOf(hash: number, ref: number): number {
    const { slots } = this
    let at = (hash >>> this.shift) << 1
    while (slots[at + 1] !== ref) {
      if (slots[at + 1] === 0) return -1
      at += 2
    }
    return at >>> 1
  }

  /** Frees a slot and moves entries behind it forward, so that no search ends before it should. */
  removeAt(slot: number): void {
    const { slots, shift } = this
    let hole = slot
    for (let next = slot + 1; slots[next * 2 + 1] !== 0; next++) {
      if (slots[next * 2] >>> shift > hole) continue
      slots[hole * 2] = slots[next * 2]
      slots[hole * 2 + 1] = slots[next * 2 + 1]
      hole = next
    }
    slots[hole * 2 + 1] = 0
  }

  /** A table of the same size with twice the spill room, or of another size. */
  successor(homes: number): SlotTable {
    return new SlotTable(homes, homes === this.homes ? this.#spill * 2 : this.#spill)
  }
}
