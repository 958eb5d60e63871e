import { ByteWriter, type RawBuffer, ShinyError } from '../codec/index.js'

/** The longest datagram that UDP has room for, in bytes. */
export const LONGEST_DATAGRAM = 65_527
/** Holds the longest one three times over, because a writer makes room for the most that a text may take. */
export const DATAGRAM_ARENA = 256 * 1024

/** Where one socket's messages are encoded, behind each other, until they are sent. */
export class DatagramWriter extends ByteWriter {
  readonly #makeRoom: () => void

  /** `makeRoom` sends what earlier messages have written. */
  constructor(arena: RawBuffer, makeRoom: () => void) {
    super(0)
    this.buffer = arena
    this.#makeRoom = makeRoom
  }

  /** Where the present message begins. */
  get start(): number {
    return this.messageStart
  }

  /** Where it ends. */
  get end(): number {
    return this.position
  }

  /** Begins at the front: nothing that was written is needed any more. */
  rewind(): void {
    this.position = 0
    this.messageStart = 0
  }

  protected override grow(count: number): void {
    const { buffer, messageStart, position } = this
    const length = position - messageStart
    if (length + count > buffer.length) throw tooLong(length + count)
    this.#makeRoom()
    buffer.copyWithin(0, messageStart, position)
    this.messageStart = 0
    this.position = length
  }
}

function tooLong(length: number): ShinyError {
  return new ShinyError('ERR_DATAGRAM_TOO_LONG', `a message of up to ${length} bytes does not fit a datagram`, {
    origin: 'encode'
  })
}
