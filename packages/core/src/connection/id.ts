import { threadId } from 'node:worker_threads'

/** Leaves each thread 2³² ids, and room for two million threads in a double's 53 bits. */
let last = threadId * 2 ** 32

/** The thread whose connection has the id. */
export function threadOf(id: number): number {
  return Math.floor((id - 1) / 2 ** 32)
}

/** A number that no other connection of this process gets. */
export function nextId(): number {
  return ++last
}
