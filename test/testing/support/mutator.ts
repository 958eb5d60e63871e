import { randomNumbers } from '../../codecs/support/pieces.js'

/** What protocols trip over: ends of lines, signs, huge lengths in digits and in binary. */
const TOKENS = [
  ...[
    '\n',
    '\r\n',
    '\r',
    '\0',
    '\xff',
    '-1',
    '0',
    '2147483647',
    '536870912',
    '9223372036854775807',
    '*1048576\r\n',
    '$536870912\r\n'
  ],
  ...[
    '\xff\xff\xff\xff',
    '\x7f\xff\xff\xff',
    '\xff\xff\xff\x7f',
    '\0\0\0\0',
    '\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80',
    '"',
    '\\',
    '{',
    '[',
    ','
  ]
].map((text) => Buffer.from(text, 'latin1'))

/** The longest input, in bytes. */
const LONGEST = 512

/** Makes inputs of the frames of a corpus: some of them joined, and then changed in a few places. */
export class Mutator {
  readonly #seeds: readonly Buffer[]
  readonly #random: (limit: number) => number

  constructor(seeds: readonly Uint8Array[], seed: number) {
    const short = seeds.filter((bytes) => bytes.length <= LONGEST)
    this.#seeds = (short.length === 0 ? [new Uint8Array(0)] : short).map((bytes) => Buffer.from(bytes))
    this.#random = randomNumbers(seed)
  }

  next(): Uint8Array {
    const random = this.#random
    let bytes: Buffer = Buffer.concat(Array.from({ length: 1 + random(4) }, () => this.#pick(this.#seeds))).subarray(
      0,
      LONGEST
    )
    for (let changes = random(5); changes > 0; changes--) bytes = this.#change(bytes)
    return bytes
  }

  #change(bytes: Buffer): Buffer {
    const random = this.#random
    const at = random(bytes.length + 1)
    const to = Math.min(bytes.length, at + random(8))
    const around = (middle: Uint8Array, end = at) => Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(end)])
    switch (random(6)) {
      case 0:
        return around(Uint8Array.of(random(256)), Math.min(bytes.length, at + 1))
      case 1:
        return around(this.#pick(TOKENS))
      case 2:
        return around(this.#pick(TOKENS), to)
      case 3:
        return around(new Uint8Array(0), to)
      case 4:
        return around(bytes.subarray(at, to))
      default:
        return bytes.subarray(0, at)
    }
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random(items.length)] as T
  }
}
