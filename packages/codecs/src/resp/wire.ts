import type { ByteWriter, RawBuffer } from '@shiny/core/codec'

/** Texts and bytes up to this length are written by a loop, together with what surrounds them. */
const SHORT = 32
/** Longer texts are measured before room is made for them: three times their length would be too much to claim. */
const LONG = 16_384
/** The most bytes of a header: type, ten digits, CR LF; and the CR LF behind a payload. */
const AROUND = 15

const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const ZERO = 0x30
const DOLLAR = 0x24

/** How many digits an integer from 0 to 2^53 has. */
function digitsOf(value: number): number {
  if (value < 10) return 1
  if (value < 100) return 2
  let digits = 3
  for (let limit = 1000; value >= limit; limit *= 10) digits += 1
  return digits
}

/** Writes `type`, a number of at least 0, CR LF at `at` and answers where they end. */
function putHeader(memory: RawBuffer, at: number, type: number, value: number): number {
  memory[at] = type
  let next = at + 1
  if (value < 10) {
    memory[next++] = ZERO + value
  } else {
    next += digitsOf(value)
    let rest = value
    for (let digit = next - 1; digit > at; digit--) {
      const tenth = (rest / 10) | 0
      memory[digit] = ZERO + rest - tenth * 10
      rest = tenth
    }
  }
  memory[next] = CR
  memory[next + 1] = LF
  return next + 2
}

/** Appends the header of an aggregate or an integer reply: `type`, `value` from 0 to 2^31 - 1, CR LF. */
export function writeHeader(dst: ByteWriter, type: number, value: number): void {
  const at = dst.claim(AROUND)
  dst.commit(putHeader(dst.memory, at, type, value))
}

/** Appends `type`, `text`, CR LF. What is not ASCII goes out in UTF-8; CR and LF become spaces, lest they forge a reply. */
export function writeLine(dst: ByteWriter, type: number, text: string): void {
  const length = text.length
  if (length <= SHORT) {
    let at = dst.claim(length + 3)
    const { memory } = dst
    memory[at++] = type
    let i = 0
    for (; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 0x7f) break
      memory[at++] = unit === CR || unit === LF ? SPACE : unit
    }
    if (i === length) {
      memory[at] = CR
      memory[at + 1] = LF
      dst.commit(at + 2)
      return
    }
  }
  dst.u8(type)
  dst.utf8(text.replace(/[\r\n]/g, ' '))
  dst.u8(CR)
  dst.u8(LF)
}

/** Appends `text` as a bulk string, in UTF-8. */
export function writeBulkText(dst: ByteWriter, text: string): void {
  const length = text.length
  if (length <= SHORT) {
    const start = dst.claim(length + AROUND)
    const { memory } = dst
    let at = putHeader(memory, start, DOLLAR, length)
    let i = 0
    for (; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 0x7f) break
      memory[at++] = unit
    }
    if (i === length) {
      memory[at] = CR
      memory[at + 1] = LF
      dst.commit(at + 2)
      return
    }
  }
  if (length > LONG) writeMeasured(dst, text)
  else writeUnmeasured(dst, text)
}

function writeMeasured(dst: ByteWriter, text: string): void {
  const length = Buffer.byteLength(text)
  const start = dst.claim(length + AROUND)
  const { memory } = dst
  const at = putHeader(memory, start, DOLLAR, length)
  endBulk(dst, at + memory.utf8Write(text, at))
}

/** Encodes first and measures by that: one pass, and a move where the header turns out longer than an ASCII text's. */
function writeUnmeasured(dst: ByteWriter, text: string): void {
  const start = dst.claim(text.length * 3 + AROUND)
  const { memory } = dst
  const guess = start + digitsOf(text.length) + 3
  const length = memory.utf8Write(text, guess)
  const at = start + digitsOf(length) + 3
  if (at !== guess) memory.copyWithin(at, guess, guess + length)
  putHeader(memory, start, DOLLAR, length)
  endBulk(dst, at + length)
}

function endBulk(dst: ByteWriter, at: number): void {
  const { memory } = dst
  memory[at] = CR
  memory[at + 1] = LF
  dst.commit(at + 2)
}

/** Appends `source[start…end)` as a bulk string. */
export function writeBulk(dst: ByteWriter, source: Uint8Array, start: number, end: number): void {
  const length = end - start
  const begin = dst.claim(length + AROUND)
  const { memory } = dst
  const at = putHeader(memory, begin, DOLLAR, length)
  if (length <= SHORT) for (let i = 0; i < length; i++) memory[at + i] = source[start + i] as number
  else memory.set(new Uint8Array(source.buffer, source.byteOffset + start, length), at)
  endBulk(dst, at + length)
}
