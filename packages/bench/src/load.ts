import type { Sample } from './measure.js'
import type { Running } from './peer.js'

/** A way of putting load on a server and measuring it. */
export interface Load {
  /** What a sample counts, in the singular. */
  readonly unit: 'message' | 'request'
  /** Why it cannot run here, or null. */
  readonly absent: () => string | null
  /** Checks the server's answers and lets its code become hot; resolves to a guess at its messages per second. */
  readonly warmUp: (server: Running, core: number | undefined) => Promise<number>
  /** Puts so many messages on the server and measures. */
  readonly run: (server: Running, messages: number, core: number | undefined) => Promise<Sample>
}
