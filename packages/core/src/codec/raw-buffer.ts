/**
 * A Buffer with the encoding-specific methods that Node has had since its beginnings but does not declare. They take no
 * encoding name and cost about half of `toString` and `write` on short strings.
 */
export interface RawBuffer extends Buffer {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
  latin1Write(text: string, offset: number): number
  utf8Write(text: string, offset: number): number
}

/** A zero-filled Buffer on memory of its own, outside Node's pool. */
export function rawBuffer(capacity: number): RawBuffer {
  return Buffer.from(new ArrayBuffer(capacity)) as RawBuffer
}
