import type { RawBuffer } from '../../codec/index.js'
import type { DecodeError } from '../../errors/index.js'
import { CodecFault } from './codec-fault.js'

/** What a decoder makes of bytes: a message, or an error and the place of the frame it is about. */
export type DecodeEvent = { readonly message: unknown } | DecodeFailure

/** An error, as it is compared. */
export interface DecodeFailure {
  readonly code: string
  readonly text: string
  readonly offset: number
}

/** How a decoder is driven. */
export interface DriveOptions {
  readonly maxBuffered: number
  /** What becomes of a message that is only lent. */
  readonly show: (message: unknown) => unknown
  /** Whether bytes are overwritten when they are not lent any more. */
  readonly poison: boolean
  /** Which byte stands around those that are lent. */
  readonly guard: number
  /** Whether it is not asked before as many bytes are there as it has asked for. */
  readonly patient: boolean
}

/** The unread bytes, in memory of their own. */
export interface Lent {
  readonly memory: RawBuffer
  readonly start: number
  readonly end: number
}

/** Whoever reads too far finds what would please a protocol. */
const GUARDS = [0x0a, 0x0d, 0x00, 0x31, 0xc0, 0x7e, 0xff]
const POISON = 0xdb
const NOTHING = new Uint8Array(0)

/** Joins the pieces of one stream as they come, and lends what is unread, as the framework does. */
export abstract class Drive {
  readonly events: DecodeEvent[] = []
  /** Whether an error has ended it. */
  over = false
  /** Bytes consumed. */
  consumed = 0
  /** Bytes of an incomplete frame that were kept at most. */
  peak = 0
  /** Unread bytes below which it asks for more; 0: unknown. */
  need = 0
  /** How many messages there have been. */
  messages = 0
  protected readonly options: DriveOptions
  #pending: Uint8Array = NOTHING
  #guard = 0
  /** Up to where memory has been overwritten. */
  #overwritten = 0

  constructor(options: DriveOptions) {
    this.options = options
  }

  /** Makes what can be made of `lent` and returns the offset behind what was consumed. */
  protected abstract step(lent: Lent, ending: boolean): number
  /** Whether `step` wants to be asked when the stream has ended. */
  protected abstract readonly hasEnd: boolean

  /** How many bytes are unread. */
  get left(): number {
    return this.#pending.length
  }

  feed(piece: Uint8Array): void {
    if (this.over) return
    this.#pending = this.#pending.length === 0 ? piece : Buffer.concat([this.#pending, piece])
    if (this.#pending.length >= this.need || !this.options.patient) this.#lend(false)
    if (this.over) return
    const { maxBuffered } = this.options
    this.peak = Math.max(this.peak, this.#pending.length)
    if (this.#pending.length > maxBuffered || this.need > maxBuffered) {
      this.#refuse('ERR_BUFFER_LIMIT', `more than ${maxBuffered} bytes are buffered for one frame`)
    }
  }

  /** The stream ends here. */
  end(): void {
    if (!this.over && this.hasEnd) this.#lend(true)
    if (!this.over && this.left > 0) this.#refuse('ERR_TRUNCATED', 'the stream ended in a frame')
    this.over = true
  }

  protected message(message: unknown): void {
    this.messages++
    this.events.push({ message })
  }

  protected failed(error: DecodeError, offset: number, fatal: boolean): void {
    this.events.push({ code: error.code, text: error.message, offset })
    if (fatal) this.over = true
  }

  /** What lies before `position` has been consumed and handled: nobody may look at it again. */
  protected overwrite({ memory, start }: Lent, position: number): void {
    const from = Math.max(start, this.#overwritten)
    if (!this.options.poison || position <= from) return
    this.#checkUntouched(memory, start, from, position)
    memory.fill(POISON, from, position)
    this.#overwritten = position
  }

  #lend(ending: boolean): void {
    const lent = this.#lentCopy()
    const { memory, start, end } = lent
    this.need = 0
    const position = this.step(lent, ending)
    this.#checkUntouched(memory, start, Math.max(start, this.#overwritten), end)
    for (let at = 0; at < memory.length; at++) {
      if (at === start) at = end
      if (memory[at] !== this.#guard) throw changed()
    }
    if (this.options.poison) memory.fill(POISON)
    this.consumed += position - start
    this.#pending = this.#pending.subarray(position - start)
  }

  #lentCopy(): Lent {
    const start = 1 + (this.consumed % 5)
    const end = start + this.#pending.length
    const memory = Buffer.allocUnsafeSlow(end + 3) as RawBuffer
    this.#guard = GUARDS[(this.options.guard + this.consumed) % GUARDS.length] as number
    memory.fill(this.#guard, 0, start)
    memory.set(this.#pending, start)
    memory.fill(this.#guard, end)
    this.#overwritten = 0
    return { memory, start, end }
  }

  /** Makes sure that nothing has been written to memory[from, to), a part of what is lent. */
  #checkUntouched(memory: Buffer, start: number, from: number, to: number): void {
    if (memory.compare(this.#pending, from - start, to - start, from, to) !== 0) throw changed()
  }

  #refuse(code: string, text: string): void {
    this.events.push({ code, text, offset: this.consumed })
    this.over = true
  }
}

function changed(): CodecFault {
  return new CodecFault('mutation', 'it changes the bytes that it was given')
}
