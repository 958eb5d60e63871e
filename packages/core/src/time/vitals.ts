/** How a connection is doing: the words of `Reactor.vitals` at `VITALS * slot`. Times are those of `Reactor.now`. */
export const VITALS = 4
/** When a byte last arrived. */
export const READ = 0
/** Since when an incomplete frame has been waiting for its rest; 0 when there is none. */
export const FRAME = 1
/** When output last left, or began to queue. */
export const WRITE = 2
/** Bytes of input that are kept. */
export const BUFFERED = 3
