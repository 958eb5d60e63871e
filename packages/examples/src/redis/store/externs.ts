import type { ByteSource } from './byte-source.js'

/** Appending doubles the room up to this much, then adds it. */
const LARGEST_ADVANCE = 1024 * 1024

/** A key and a value that are too large for a block: `| key | value | unused |`. */
export interface Extern {
  bytes: Uint8Array
  keyLength: number
  valueLength: number
}

/** Numbered Buffers for large keys and values. Their memory goes back to the system when they are freed. */
export class Externs {
  readonly #table: (Extern | undefined)[] = []
  readonly #free: number[] = []
  /** Bytes in all Buffers. */
  bytes = 0

  create(key: Uint8Array, keyStart: number, keyEnd: number, value: Uint8Array, start: number, end: number): number {
    const keyLength = keyEnd - keyStart
    const bytes = this.#allocate(keyLength + end - start)
    bytes.set(key.subarray(keyStart, keyEnd), 0)
    bytes.set(value.subarray(start, end), keyLength)
    const number = this.#free.pop() ?? this.#table.length
    this.#table[number] = { bytes, keyLength, valueLength: end - start }
    return number
  }

  get(number: number): Extern {
    return this.#table[number] as Extern
  }

  keyEquals(number: number, source: ByteSource, start: number, end: number): boolean {
    const { bytes, keyLength } = this.get(number)
    if (keyLength !== end - start) return false
    return Buffer.compare(bytes.subarray(0, keyLength), source.bytes.subarray(start, end)) === 0
  }

  replace(number: number, value: Uint8Array, start: number, end: number): void {
    const extern = this.get(number)
    const total = extern.keyLength + end - start
    if (total > extern.bytes.length || total < extern.bytes.length / 2) this.#move(extern, total, extern.keyLength)
    extern.bytes.set(value.subarray(start, end), extern.keyLength)
    extern.valueLength = end - start
  }

  append(number: number, source: Uint8Array, start: number, end: number): void {
    const extern = this.get(number)
    const behind = extern.keyLength + extern.valueLength
    const total = behind + end - start
    if (total > extern.bytes.length) this.#move(extern, total + Math.min(total, LARGEST_ADVANCE), behind)
    extern.bytes.set(source.subarray(start, end), behind)
    extern.valueLength += end - start
  }

  free(number: number): void {
    this.bytes -= this.get(number).bytes.length
    this.#table[number] = undefined
    this.#free.push(number)
  }

  clear(): void {
    this.#table.length = 0
    this.#free.length = 0
    this.bytes = 0
  }

  /** Gives the extern another Buffer and copies the first `keep` bytes to it. */
  #move(extern: Extern, size: number, keep: number): void {
    const old = extern.bytes
    extern.bytes = this.#allocate(size)
    this.bytes -= old.length
    extern.bytes.set(old.subarray(0, keep), 0)
  }

  #allocate(size: number): Uint8Array {
    this.bytes += size
    return Buffer.allocUnsafeSlow(size)
  }
}
