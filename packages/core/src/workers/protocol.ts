import type { MessagePort } from 'node:worker_threads'
import { Address, type ListenOptions } from '../address/address.js'
import { type ErrorCode, type ErrorDetails, errorTable, ShinyError } from '../errors/index.js'
import type { ServerStats } from '../observe/stats.js'

/** The key of `workerData` under which a thread finds its orders. */
export const ORDERS = 'shiny:worker'

/** What a thread is started with. */
export interface Orders {
  /** The module whose call of `workers()` is to serve. */
  readonly module: string
  /** Which of the pool's workers it is, from 0. */
  readonly index: number
  /** To and from the main thread. */
  readonly port: MessagePort
  /** One word: how many of the descriptors that were sent to it the worker has taken over. */
  readonly taken: Int32Array
}

/** An address on its way between threads. */
export interface PlainAddress {
  readonly family: 'ipv4' | 'ipv6' | 'unix' | 'unknown'
  readonly host: string
  readonly port: number
}

/** The addresses that one of the places to listen at became: a name may stand for several. */
export type Bound = readonly PlainAddress[]

/** What the main thread tells a worker. */
export type ToWorker =
  | { readonly kind: 'listen'; readonly at: readonly ListenOptions[] }
  | { readonly kind: 'adopt'; readonly addresses: readonly PlainAddress[] }
  | { readonly kind: 'connection'; readonly fd: number }
  | { readonly kind: 'stats' }
  | { readonly kind: 'stop'; readonly timeout: number }

/** What a worker tells the main thread. */
export type ToMain =
  | { readonly kind: 'built'; readonly native: boolean }
  | { readonly kind: 'listening'; readonly bound: readonly Bound[] }
  | { readonly kind: 'failed'; readonly error: PlainError }
  | { readonly kind: 'stats'; readonly stats: ServerStats }
  | { readonly kind: 'stopped'; readonly stats: ServerStats }

export function packAddress({ family, host, port }: Address): PlainAddress {
  return { family, host, port }
}

export function unpackAddress({ family, host, port }: PlainAddress): Address {
  return new Address(family, host, port)
}

/** An error on its way between threads; a structured clone would lose the class and the code. */
export interface PlainError {
  readonly message: string
  readonly stack: string | undefined
  readonly code: string | undefined
  readonly details: Pick<ErrorDetails, 'origin' | 'errno' | 'path' | 'address'>
}

export function packError(thrown: unknown): PlainError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const { message, stack } = error
  if (!(error instanceof ShinyError)) return { message, stack, code: undefined, details: {} }
  const { code, origin, errno, path, address } = error
  return { message, stack, code, details: withoutHoles({ origin, errno, path, address }) }
}

/** The ShinyError that it was; anything else is the cause of an `ERR_WORKER`. */
export function unpackError({ message, stack, code, details }: PlainError): ShinyError {
  if (code !== undefined && Object.hasOwn(errorTable, code)) return new ShinyError(code as ErrorCode, message, details)
  const cause = new Error(message)
  if (stack !== undefined) cause.stack = stack
  return new ShinyError('ERR_WORKER', `a worker could not start: ${message}`, { cause })
}

function withoutHoles(details: Record<string, string | undefined>): PlainError['details'] {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined))
}
