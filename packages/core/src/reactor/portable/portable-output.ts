import { rawBuffer } from '../../codec/index.js'
import { OUTPUT_FIRST, OUTPUT_WORDS, OutputArena, type OutputDrain } from '../output-arena.js'

const ARENA_BYTES = 1024 * 1024
const RECORDS = 4096

/** The arena of the portable reactor, which is told when a message begins, because nothing else wakes it. */
export class PortableOutput extends OutputArena {
  /** The table of records; see {@link OutputArena}. */
  readonly table: Int32Array
  readonly #arena: Buffer
  readonly #begun: () => void

  constructor(drain: OutputDrain, sent: Float64Array, begun: () => void) {
    const arena = rawBuffer(ARENA_BYTES)
    const table = new Int32Array(OUTPUT_FIRST + RECORDS * OUTPUT_WORDS)
    super(drain, arena, table, sent)
    this.table = table
    this.#arena = arena
    this.#begun = begun
  }

  override open(slot: number): void {
    super.open(slot)
    this.#begun()
  }

  /** A copy of what stands in the arena from `start` to `end`. */
  copy(start: number, end: number): Buffer {
    return Buffer.from(this.#arena.subarray(start, end))
  }
}
