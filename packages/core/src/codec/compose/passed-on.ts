import type { Decoder } from '../contract.js'

/** What a decoder that is part of another goes on doing by itself. */
type PassedOn = Pick<Decoder<unknown>, 'pending' | 'keeps' | 'setLimits'>

/** What the decoder around `inner` leaves to it. */
export function passedOn(inner: Decoder<unknown>): PassedOn {
  return {
    ...(inner.pending && { pending: inner.pending.bind(inner) }),
    ...(inner.keeps && { keeps: inner.keeps.bind(inner) }),
    ...(inner.setLimits && { setLimits: inner.setLimits.bind(inner) })
  }
}

/** Whether a decoder has consumed bytes of which no message has been delivered. */
export function keeps(decoder: Decoder<unknown>): boolean {
  return decoder.keeps?.() ?? decoder.pending?.() ?? false
}
