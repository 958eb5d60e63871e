import type { ByteReader } from '../../codec/index.js'
import type { PortableSocket } from './portable-socket.js'

/** What is used of a stream of Node's kind; `net.Socket` is one. */
export interface StreamSocket {
  readonly destroyed: boolean
  readonly writableLength: number
  readonly writableFinished: boolean
  on(event: 'data', listener: (chunk: Buffer) => void): unknown
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
  on(event: 'end' | 'finish' | 'close', listener: () => void): unknown
  write(bytes: Buffer, written: () => void): unknown
  end(): unknown
  pause(): unknown
  resume(): unknown
  destroy(): unknown
  /** For TCP alone. */
  resetAndDestroy(): unknown
  ref(): unknown
  unref(): unknown
}

/** What a socket needs of its reactor. */
export interface SocketOwner {
  readonly reader: ByteReader
  /** Bytes that have left, for each slot. */
  readonly sent: Float64Array
  readonly vitals: Float64Array
  /** See {@link Reactor.now}. */
  now(): number
  /** Calls back after `delay` milliseconds, unless what it returns is called before; keeps no process alive. */
  after(delay: number, call: () => void): () => void
  /** Runs `work`, which may call handlers, and then sends what they wrote. */
  turn(work: () => void): void
  /** Runs `task` in a turn to come. */
  later(task: () => void): void
  /** The socket has output to write, or its end to send; `write` is called before the loop waits. */
  touch(socket: PortableSocket): void
  /** The socket is closed. Its slot is free when this returns. */
  gone(socket: PortableSocket): void
}
