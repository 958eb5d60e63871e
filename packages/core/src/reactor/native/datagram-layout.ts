import type { NativeDatagramMemory } from '@shiny/native'
import { type RawBuffer, rawBuffer } from '../../codec/index.js'
import { DATAGRAM_ARENA } from '../datagram-writer.js'
import { DATAGRAM_FACTS } from '../datagrams.js'

/**
 * The layout of the memory that a UDP socket shares with the native reactor;
 * packages/native/src/reactor/datagram_bridge.h is the same in C++ and says what each word means.
 */

// Words of an address: family (4, 6 or 0), port, scope, and the four words of an IPv6 address.
export const FAMILY = 0
export const PORT = 1
export const SCOPE = 2
export const WORDS = 3

/** Words of an entry of `received`: length or -1, address. */
export const RECEIVED_WORDS = 8
/** Words of an entry of `failures`: errno, address. */
export const FAILURE_WORDS = 8
/** Words of an entry of `outgoing`: start, end, address. */
export const OUTGOING_WORDS = 9
export const OUTGOING_COUNT = 0
/** Where `parseAddress` writes. */
export const PARSED = 1
export const OUTGOING_FIRST = 8
export const OUTGOING = 1024
const FAILURES = 64

// Words of the record of a socket, beside those of every record.
export const RECORD_RECEIVED = 2
export const RECORD_FAILURES = 3
export const RECORD_FLAGS = 7
export const RECORD_ERRNO = 8

// Its flags.
export const DRAINED = 1
export const FINISHED = 2
export const BROKEN = 4

/** The most datagrams that a socket receives in a turn, and the most bytes that their places take. */
const BATCH = 64
const INPUT_BYTES = 2 * 1024 * 1024

/**
 * The memory of one socket. Each datagram of a turn has a place for the longest; pages of it that are never touched take
 * no memory.
 */
export class DatagramMemory implements NativeDatagramMemory {
  readonly stride: number
  readonly input: RawBuffer
  readonly received: Int32Array
  readonly failures = words(FAILURES * FAILURE_WORDS)
  readonly output: RawBuffer = rawBuffer(DATAGRAM_ARENA)
  readonly outgoing = words(OUTGOING_FIRST + OUTGOING * OUTGOING_WORDS)
  readonly facts = new Float64Array(new ArrayBuffer(8 * DATAGRAM_FACTS))

  constructor(maxLength: number) {
    // A line of the cache more than the longest, so that the places do not all compete for the same few lines.
    this.stride = (Math.ceil(maxLength / 64) + 1) * 64
    const batch = Math.min(BATCH, Math.floor(INPUT_BYTES / this.stride))
    this.input = rawBuffer(batch * this.stride)
    this.received = words(batch * RECEIVED_WORDS)
  }
}

function words(count: number): Int32Array {
  return new Int32Array(new ArrayBuffer(4 * count))
}
