import * as z from 'zod/mini'
import type { Caps } from './totals.js'

/** What all connections of a server may hold together. */
export interface TotalLimits {
  /**
   * In bytes, 1 to 2⁴⁰: output queued on all connections. Above it those with the most are destroyed with `ERR_OUTPUT_LIMIT`. What is
   * sent may exceed it by a sixteenth. Default: no limit.
   */
  readonly maxTotalQueued?: number | undefined
  /**
   * In bytes, 1 to 2⁴⁰: input kept on all connections for messages that are incomplete or held back. Above it those with the most are
   * destroyed with `ERR_BUFFER_LIMIT`. It is added up ten times a second. Default: no limit.
   */
  readonly maxTotalBuffered?: number | undefined
}

/** The parts of the schema of `limits` that are about totals. */
export function totalShape() {
  const bytes = () => z.optional(z.int().check(z.gte(1), z.lte(2 ** 40)))
  return { maxTotalQueued: bytes(), maxTotalBuffered: bytes() }
}

/** The caps; null when there are none. */
export function checkTotals({ maxTotalQueued, maxTotalBuffered }: TotalLimits = {}): Caps | null {
  if (maxTotalQueued === undefined && maxTotalBuffered === undefined) return null
  return {
    maxTotalQueued: maxTotalQueued ?? Number.POSITIVE_INFINITY,
    maxTotalBuffered: maxTotalBuffered ?? Number.POSITIVE_INFINITY
  }
}
