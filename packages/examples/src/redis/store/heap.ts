import { CLASS_BYTES, CLASS_COUNT } from './size-classes.js'

/** A page has 4 MiB. Memory of it that was never written costs nothing yet. */
const PAGE_BYTES = 4 * 1024 * 1024
/** Blocks begin at multiples of 8 bytes, so 32 bits reach 32 GiB. */
const UNIT_SHIFT = 3
const PAGE_UNITS = PAGE_BYTES >>> UNIT_SHIFT
/** How many bits of a reference are the unit in its page; the others are the page. */
export const PAGE_SHIFT: number = Math.log2(PAGE_UNITS)
/** The bits of a reference that are the unit in its page. */
export const UNIT_MASK: number = PAGE_UNITS - 1
const MAX_PAGES = 2 ** (32 - PAGE_SHIFT)

/** The reference that no block has. */
export const NO_BLOCK = 0

/** The heap's address space is full. */
export class HeapFullError extends Error {
  constructor() {
    super(`the heap has all of its ${MAX_PAGES} pages`)
  }
}

/**
 * Blocks of memory in size classes, outside V8's heap: its garbage collector never looks at them.
 *
 * A reference is 32 bits, `page (13) | unit (19)`. Freed blocks wait in the list of their class, linked through
 * their first word; a block never changes its class, so memory goes back to the system only when all is dropped.
 */
export class Heap {
  /** The pages as bytes, as words, and as views that read words anywhere. */
  readonly bytes: Uint8Array[] = []
  readonly words: Int32Array[] = []
  readonly views: DataView[] = []
  /** Bytes in blocks that are in use. */
  used = 0
  readonly #free = new Int32Array(CLASS_COUNT)
  #unit = PAGE_UNITS

  /** Bytes in pages, whether or not they are in use. */
  get reserved(): number {
    return this.bytes.length * PAGE_BYTES
  }

  /** Takes a block of the class. Its bytes hold whatever was there before. */
  allocate(sizeClass: number): number {
    const size = CLASS_BYTES[sizeClass]
    this.used += size
    const freed = this.#free[sizeClass]
    if (freed !== NO_BLOCK) {
      this.#free[sizeClass] = this.words[freed >>> PAGE_SHIFT][(freed & UNIT_MASK) << 1]
      return freed
    }
    const units = size >>> UNIT_SHIFT
    if (this.#unit + units > PAGE_UNITS) this.#addPage()
    const ref = ((this.bytes.length - 1) << PAGE_SHIFT) | this.#unit
    this.#unit += units
    return ref
  }

  /** Gives back a block; `sizeClass` is the one it was allocated with. */
  free(ref: number, sizeClass: number): void {
    this.words[ref >>> PAGE_SHIFT][(ref & UNIT_MASK) << 1] = this.#free[sizeClass]
    this.#free[sizeClass] = ref
    this.used -= CLASS_BYTES[sizeClass]
  }

  /** Drops all blocks. */
  clear(): void {
    this.bytes.length = 0
    this.words.length = 0
    this.views.length = 0
    this.#free.fill(NO_BLOCK)
    this.#unit = PAGE_UNITS
    this.used = 0
  }

  #addPage(): void {
    if (this.bytes.length === MAX_PAGES) throw new HeapFullError()
    const memory = new ArrayBuffer(PAGE_BYTES)
    this.bytes.push(Buffer.from(memory))
    this.words.push(new Int32Array(memory))
    this.views.push(new DataView(memory))
    // Unit 0 of page 0 stays unused: its reference is NO_BLOCK.
    this.#unit = this.bytes.length === 1 ? 1 : 0
  }
}
