/** Whether this machine stores the low byte of a word first; typed arrays and the views below must agree. */
export const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

/** Above this many bytes a copy through the runtime is cheaper than a loop over words. */
const LONG_COPY = 256

/** Something that can be pointed at a stretch of bytes, such as a reply that is sent from where it lies. */
export interface Pointable {
  at(source: Uint8Array, start: number, end: number): unknown
}

/**
 * Memory that keys and values are read from, with a view that reads four bytes at once. Requests of one read share their
 * memory, so the view of the last one is kept.
 */
export class ByteSource implements Pointable {
  bytes: Uint8Array = new Uint8Array(0)
  view: DataView = new DataView(this.bytes.buffer)
  start = 0
  end = 0

  /** Makes `bytes` the memory that is read from. */
  over(bytes: Uint8Array): this {
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    return this
  }

  at(source: Uint8Array, start: number, end: number): this {
    this.start = start
    this.end = end
    return this.over(source)
  }
}

/** Copies `source[start…end)` to `bytes[at…)`. `at` is a multiple of 4 and `words` the same memory as `bytes`. */
export function copyAligned(
  words: Int32Array,
  bytes: Uint8Array,
  at: number,
  source: ByteSource,
  start: number,
  end: number
): void {
  if (end - start > LONG_COPY) {
    bytes.set(source.bytes.subarray(start, end), at)
    return
  }
  const { view } = source
  let word = at >>> 2
  let from = start
  for (const last = end - 4; from <= last; from += 4) words[word++] = view.getInt32(from, LITTLE_ENDIAN)
  for (let to = word << 2; from < end; from++) bytes[to++] = source.bytes[from]
}

/** Copies `source[start…end)` to `bytes[at…)`, wherever that is. */
export function copyBytes(bytes: Uint8Array, at: number, source: Uint8Array, start: number, end: number): void {
  if (end - start > LONG_COPY) bytes.set(source.subarray(start, end), at)
  else for (let to = at, from = start; from < end; from++) bytes[to++] = source[from]
}
