import type { CodecLimits } from '@shiny/core/codec'
import { checkOptions, choiceOption, integerOption, MOST } from '../options.js'
import { MAX_CONTROL } from './opcode.js'

/** Options of {@link webSocket}. */
export interface WebSocketOptions {
  /**
   * Which side this is. A `server` takes masked frames alone and sends unmasked ones, a `client` the other way round, each frame with a key of
   * its own that cannot be foretold. Default: `server`.
   */
  readonly role?: 'server' | 'client'
  /** The longest message received, all its fragments together, in bytes, from 0 to 1,073,741,824. Default: 1,048,576, which is 1 MiB. */
  readonly maxMessage?: number
  /** The longest content of one frame received, in bytes, from 0 to 1,073,741,824. Default: what `maxMessage` is. */
  readonly maxFrame?: number
}

/** The limits of {@link WebSocketOptions}. */
export interface WebSocketLimits {
  readonly maxMessage: number
  readonly maxFrame: number
}

/** The options of {@link webSocket} with nothing left out. */
export interface WebSocketSettings extends WebSocketLimits {
  readonly role: 'server' | 'client'
}

/** The most bytes before the content of a frame: two, a length of eight, a key of four. */
const LONGEST_HEAD = 14

/** Checks the options and fills in the defaults. */
export function webSocketSettings(options: WebSocketOptions): WebSocketSettings {
  checkOptions('webSocket', options, ['role', 'maxMessage', 'maxFrame'])
  const maxMessage = integerOption('maxMessage', options.maxMessage, 1024 * 1024, 0, MOST)
  return Object.freeze({
    role: choiceOption('role', options.role, 'server', ['server', 'client']),
    maxMessage,
    maxFrame: integerOption('maxFrame', options.maxFrame, maxMessage, 0, MOST)
  })
}

/** Checks limits that a connection is given; none is above the codec's own. */
export function limitsInForce(own: WebSocketLimits, limits: CodecLimits): WebSocketLimits {
  checkOptions('webSocket', limits, ['maxMessage', 'maxFrame'])
  return {
    maxMessage: Math.min(own.maxMessage, integerOption('maxMessage', limits.maxMessage, own.maxMessage, 0, MOST)),
    maxFrame: Math.min(own.maxFrame, integerOption('maxFrame', limits.maxFrame, own.maxFrame, 0, MOST))
  }
}

/** The most bytes that one incomplete frame may hold, and 64 KiB. */
export function largestFrame({ maxFrame, maxMessage }: WebSocketLimits): number {
  return Math.max(Math.min(maxFrame, maxMessage), MAX_CONTROL) + LONGEST_HEAD + 64 * 1024
}
