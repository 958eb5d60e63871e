import { BUFFERED, VITALS } from '../time/vitals.js'
import { Timed } from '../time/wheel.js'
import { wheelOf } from '../time/wheels.js'
import type { Channel } from './channel.js'
import * as S from './state.js'

/** In milliseconds. */
const INTERVAL = 100

/** The bytes of input that a reactor keeps for a channel. */
export function bufferedOf({ reactor, slot, state }: Channel): number {
  return (state & S.GONE) === 0 ? (reactor.vitals[VITALS * slot + BUFFERED] as number) : 0
}

/**
 * Looks now and then how much input is kept for a connection with a limit of its own. What is kept of an incomplete frame by a native
 * plan is known to the reactor alone, which has only the codec's limit.
 */
export class BufferWatch extends Timed {
  readonly #channel: Channel

  constructor(channel: Channel) {
    super()
    this.#channel = channel
  }

  start(): void {
    const { clock } = wheelOf(this.#channel.reactor)
    wheelOf(this.#channel.reactor).schedule(this, clock.now() + INTERVAL)
  }

  override expire(now: number): number {
    const channel = this.#channel
    if ((channel.state & S.UNSENDABLE) !== 0) return Number.POSITIVE_INFINITY
    if (!channel.isWatched) {
      channel.unwatched()
      return Number.POSITIVE_INFINITY
    }
    if (bufferedOf(channel) > channel.maxBuffered && (channel.state & S.HELD) === 0) channel.overfull()
    return now + INTERVAL
  }
}
