import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { type Caller, method } from './method.js'
import { RpcError } from './protocol.js'

/** The code of a division by zero, one of those that JSON-RPC leaves to applications. */
const DIVISION_BY_ZERO = 1

/** How many notes are kept. */
const MOST_NOTES = 100
const notes: string[] = []

/** The methods that the program serves. */
export const calculator = {
  /** By position: `[1, 2, 3]`. */
  add: method(z.array(z.number()), (numbers) => numbers.reduce((sum, number) => sum + number, 0)),
  /** By name. */
  divide: method(z.object({ dividend: z.number(), divisor: z.number() }), ({ dividend, divisor }) => {
    if (divisor === 0) throw new RpcError(DIVISION_BY_ZERO, 'Division by zero')
    return dividend / divisor
  }),
  /** Takes its time, others being served meanwhile; the loss of the connection ends it. */
  wait: method(z.object({ ms: z.int().min(0).max(60_000) }), async ({ ms }, { signal }: Caller) => {
    await sleep(ms, undefined, { signal }).catch(() => undefined)
    return ms
  }),
  /** Made to be notified of. */
  note: method(z.object({ text: z.string().max(200) }), ({ text }) => {
    notes.push(text)
    if (notes.length > MOST_NOTES) notes.shift()
  }),
  notes: method(z.array(z.never()).optional(), () => notes)
}
