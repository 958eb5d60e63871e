import { BroadcastChannel, threadId } from 'node:worker_threads'
import { type Wakes, wakeChannel } from './waker.js'

/** What can be woken. */
export interface Wakeable {
  readonly id: number
  wake(token: unknown): void
}

/** The connections of this thread that wakers were made for. */
const wakeable = new Map<number, Wakeable>()
/** Open while there are any. */
let channel: BroadcastChannel | null = null

/** Lets other threads wake it, until it is taken off again. */
export function listenForWakes(target: Wakeable): void {
  wakeable.set(target.id, target)
  channel ??= open()
}

/** Its connection is closed. */
export function stopListening(target: Wakeable): void {
  if (!wakeable.delete(target.id) || wakeable.size > 0) return
  channel?.close()
  channel = null
}

/** Its reference is dropped, so that it keeps no thread alive. */
function open(): BroadcastChannel {
  const opened = new BroadcastChannel(wakeChannel(threadId))
  opened.onmessage = (event) => deliver((event as { readonly data: Wakes }).data)
  ;(opened as BroadcastChannel & { unref(): void }).unref()
  return opened
}

function deliver([ids, tokens]: Wakes): void {
  for (let i = 0; i < ids.length; i++) wakeable.get(ids[i] as number)?.wake(tokens[i])
}
