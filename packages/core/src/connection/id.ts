import { threadId } from 'node:worker_threads'

/** Leaves each thread 2³² ids, and room for two million threads in a double's 53 bits. */
let last = threadId * 2 ** 32

/** A number that no other connection of this process gets. */
export function nextId(): number {
  return ++last
}
