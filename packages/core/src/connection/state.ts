/**
 * The bits of a channel's state. While none of those in {@link HELD} is set, messages flow; while none of those in
 * {@link MUTE} is set, messages may be sent.
 */
export const PAUSED = 1 << 0 // the user called pause()
export const WAITING = 1 << 1 // the promise of an asynchronous onMessage is pending
export const BLOCKED = 1 << 2 // output is above the high-water mark
export const CLOSING = 1 << 3 // end() or close() was called: output is flushed, nothing more is delivered
export const DESTROYED = 1 << 4 // destroy() was called
export const CLOSED = 1 << 5 // onClose has been called
export const FAILED = 1 << 6 // an error has been reported
export const SWITCHED = 1 << 7 // codec and handler have changed; the reactor clears it when it frames anew
export const STOPPING = 1 << 8 // the server is stopping: close once all that has arrived is answered
export const OPENED = 1 << 9 // onOpen has been called
export const LOCAL = 1 << 10 // this side decided to close
export const GONE = 1 << 11 // the reactor has forgotten it; its slot may be another's
export const TIMED_OUT = 1 << 12 // a timeout is the reason for its end
export const HALF_CLOSED = 1 << 16 // halfClose() was called: output is flushed and ended, messages are still delivered
export const PEER_ENDED = 1 << 17 // the peer ended its side and all that it had sent is delivered
export const WAKEABLE = 1 << 19 // a waker was made, so that other threads may wake it
export const SIFTING = 1 << 18 // the codec has changed and bytes that are left over have yet to be judged
export const KEPT = 1 << 20 // the former codec kept messages, or parts of them, which are left over like bytes

/** It closes, or has closed: nothing is sent any more, and nothing delivered. */
export const UNSENDABLE = CLOSING | DESTROYED | CLOSED
/** Nothing may be sent, though messages may still be delivered. */
export const MUTE = UNSENDABLE | HALF_CLOSED
/** Reasons that the channel itself holds back messages for; each is told to the reactor. */
export const HOLDING = PAUSED | WAITING | SIFTING
export const HELD = HOLDING | BLOCKED | SWITCHED | UNSENDABLE
