/** Above this many bytes a copy by the runtime is cheaper than a loop over words. */
const LONG_COPY = 256

/** Something that can be pointed at a stretch of bytes, such as a reply that is sent from where it lies. */
export interface Pointable {
  at(source: Uint8Array, start: number, end: number): unknown
}

/** A stretch of somebody's bytes. */
export class Span implements Pointable {
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0

  at(source: Uint8Array, start: number, end: number): this {
    this.bytes = source
    this.start = start
    this.end = end
    return this
  }
}

/**
 * Memory that keys and values are read from, with a view that reads four bytes at once. Requests of one read share
 * their memory, so the view of the last one is kept.
 */
export class ByteSource extends Span {
  view: DataView = new DataView(this.bytes.buffer)

  /** Makes `bytes` the memory that is read from. */
  over(bytes: Uint8Array): this {
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    return this
  }

  override at(source: Uint8Array, start: number, end: number): this {
    this.start = start
    this.end = end
    return this.over(source)
  }
}

/** Copies `source[start…end)` to `bytes[at…)`. `view` is the same memory as `bytes`. */
export function copyTo(
  view: DataView,
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
  const from = source.view
  let to = at
  let next = start
  for (const last = end - 4; next <= last; next += 4, to += 4) view.setInt32(to, from.getInt32(next, true), true)
  while (next < end) bytes[to++] = source.bytes[next++]
}

/** Whether the bytes from `at` on are those of `source[start…end)`. `view` is the same memory as `bytes`. */
export function equalTo(
  view: DataView,
  bytes: Uint8Array,
  at: number,
  source: ByteSource,
  start: number,
  end: number
): boolean {
  const other = source.view
  let here = at
  let next = start
  for (const last = end - 4; next <= last; next += 4, here += 4) {
    if (view.getInt32(here, true) !== other.getInt32(next, true)) return false
  }
  while (next < end) if (bytes[here++] !== source.bytes[next++]) return false
  return true
}
