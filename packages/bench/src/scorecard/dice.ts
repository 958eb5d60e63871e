/** Numbers that look random and are the same for the same seed: the generator of Lehmer, modulo 2³¹ − 1. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = (Math.abs(Math.trunc(seed)) % 2147483646) + 1
    // Neighbouring seeds begin alike.
    for (let i = 0; i < 4; i++) this.roll(2)
  }

  /** An integer from 0 to `below` - 1. */
  roll(below: number): number {
    this.#state = (this.#state * 48271) % 2147483647
    return this.#state % below
  }
}
