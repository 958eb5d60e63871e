import { BUFFERED, FRAME, READ, VITALS, WRITE } from '../../time/vitals.js'

/** The clock of the portable reactor: monotonic, in milliseconds. */
export function monotonic(): number {
  return performance.now()
}

/** Whose clock and words they are. */
export interface VitalsOwner {
  readonly vitals: Float64Array
  now(): number
}

/** Writes down how one connection is doing; see time/vitals.ts. */
export class VitalSigns {
  readonly #owner: VitalsOwner
  readonly #words: Float64Array
  readonly #at: number

  constructor(owner: VitalsOwner, slot: number) {
    const at = VITALS * slot
    const words = owner.vitals
    this.#owner = owner
    this.#words = words
    this.#at = at
    words[at + READ] = words[at + WRITE] = owner.now()
    words[at + FRAME] = words[at + BUFFERED] = 0
  }

  /** Bytes have arrived. */
  arrived(): void {
    this.#words[this.#at + READ] = this.#owner.now()
  }

  /** `size` bytes of input are kept; `progressed` when they begin with another frame than those kept before. */
  kept(size: number, progressed: boolean): void {
    const words = this.#words
    const at = this.#at
    if (size === 0) words[at + FRAME] = 0
    else if (progressed || words[at + FRAME] === 0) words[at + FRAME] = this.#owner.now()
    words[at + BUFFERED] = size
  }

  /** Output has left, or begins to queue. */
  wrote(): void {
    this.#words[this.#at + WRITE] = this.#owner.now()
  }
}
