import { BUFFERED, FRAME, READ, VITALS, WRITE } from '../../time/vitals.js'

/** The clock of the portable reactor: monotonic, in milliseconds. */
export function monotonic(): number {
  return performance.now()
}

/** Writes down how one connection is doing; see time/vitals.ts. */
export class VitalSigns {
  readonly #words: Float64Array
  readonly #at: number

  constructor(words: Float64Array, slot: number) {
    const at = VITALS * slot
    this.#words = words
    this.#at = at
    words[at + READ] = words[at + WRITE] = monotonic()
    words[at + FRAME] = words[at + BUFFERED] = 0
  }

  /** Bytes have arrived. */
  arrived(): void {
    this.#words[this.#at + READ] = monotonic()
  }

  /** `size` bytes of input are kept; `progressed` when they begin with another frame than those kept before. */
  kept(size: number, progressed: boolean): void {
    const words = this.#words
    const at = this.#at
    if (size === 0) words[at + FRAME] = 0
    else if (progressed || words[at + FRAME] === 0) words[at + FRAME] = monotonic()
    words[at + BUFFERED] = size
  }

  /** Output has left, or begins to queue. */
  wrote(): void {
    this.#words[this.#at + WRITE] = monotonic()
  }
}
