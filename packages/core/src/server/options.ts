import * as z from 'zod/mini'
import type { Codec } from '../codec/index.js'
import type { AnyConnection } from '../connection/channel-host.js'
import type { Handler } from '../connection/handler.js'
import { Limits } from '../connection/limits.js'
import { changeTimeouts, DEFAULT_TIMEOUTS, type Timeouts, type TimeoutsMs } from '../connection/timeouts.js'
import { optionError } from '../errors/index.js'
import { type AdmissionOptions, admissionShape, type CheckedAdmission, checkAdmission } from './admission-options.js'

export type { Handler } from '../connection/handler.js'

import { checkTotals } from './total-options.js'
import type { Caps } from './totals.js'

/** `app` must be given when the handler asks for one. */
export type AppOption<App> = unknown extends App ? { readonly app?: unknown } : { readonly app: App }

/** The options that do not depend on the codec's types. */
export interface CommonServerOptions {
  /**
   * Which reactor serves: the native one, the portable one on `node:net`, or (`auto`, the default) the native one where it
   * runs. The environment variable `SHINY_REACTOR` stands in for a missing option.
   */
  readonly reactor?: 'auto' | 'native' | 'portable' | undefined
  /** In bytes, default 65,536: above it `send` answers false. */
  readonly highWaterMark?: number | undefined
  /** In bytes, default half the high-water mark: at or below it `onDrain` is called. Must be below the high-water mark. */
  readonly lowWaterMark?: number | undefined
  /** In bytes, default 64 MiB: a connection with more queued output is destroyed with `ERR_OUTPUT_LIMIT`. */
  readonly maxQueued?: number | undefined
  /** How long a connection may take for what; only `write` is on by default. `setTimeouts` changes them for one connection. */
  readonly timeouts?: Timeouts | undefined
  /**
   * `hold` (default): a connection above its high-water mark gets no further messages until it has drained, so that a peer which
   * does not read cannot make the server buffer replies. `manual`: messages flow on; use `pause` and `resume`.
   */
  readonly backpressure?: 'hold' | 'manual' | undefined
  /**
   * Default false: when the peer has ended its side, `onEnd` is called, what is queued is sent, and the connection closes. With
   * true it stays open for sending, until `end`, `halfClose` or `close` is called.
   */
  readonly allowHalfOpen?: boolean | undefined
}

/** What a server needs to know. */
export type ServerOptions<In, Out, App> = {
  /** Bytes to messages and back. */
  readonly codec: Codec<In, Out>
  /** The class whose instances answer the messages, one for each connection. It may be one that asks for no `app`. */
  readonly connection: Handler<NoInfer<In>, NoInfer<Out>, App> | Handler<NoInfer<In>, NoInfer<Out>, unknown>
} & AppOption<NoInfer<App>> &
  CommonServerOptions &
  AdmissionOptions

/** The options after checking, with every default filled in. */
export interface CheckedOptions {
  readonly codec: Codec<unknown, unknown>
  readonly connection: new () => AnyConnection
  readonly app: unknown
  readonly reactor: 'auto' | 'native' | 'portable'
  readonly limits: Limits
  /** What all connections may hold together; null when that has no caps. */
  readonly caps: Caps | null
  readonly timeouts: TimeoutsMs
  readonly holdWhenBlocked: boolean
  readonly allowHalfOpen: boolean
  /** Null when everybody may connect. */
  readonly admission: CheckedAdmission | null
}

const bytes = () => z.int().check(z.gte(0), z.lte(2 ** 40))
/** The schema of `reactor`. */
export const reactorKind = () => z.enum(['auto', 'native', 'portable'])

/** Schemas are built at first use: importing the package should cost nothing. */
let schemas: ReturnType<typeof build> | undefined

function build() {
  const fn = (expected: string) => z.custom<(...args: never[]) => unknown>((v) => typeof v === 'function', expected)
  const codec = z.looseObject({
    name: z.string(),
    maxBuffered: bytes(),
    decoder: fn('expected a function'),
    encoder: fn('expected a function')
  })
  const server = z.strictObject({
    codec,
    connection: fn('expected a class that extends Connection'),
    app: z.optional(z.unknown()),
    reactor: z.optional(reactorKind()),
    highWaterMark: z.optional(bytes()),
    lowWaterMark: z.optional(bytes()),
    maxQueued: z.optional(bytes()),
    timeouts: z.optional(z.looseObject({})),
    backpressure: z.optional(z.enum(['hold', 'manual'])),
    allowHalfOpen: z.optional(z.boolean()),
    ...admissionShape()
  })
  const stop = z.strictObject({ timeout: z.optional(z.number().check(z.gte(0), z.lte(2 ** 31 - 1))) })
  const serverStop = z.extend(stop, { connections: z.optional(z.enum(['close', 'wait'])) })
  return { server, stop, serverStop }
}

/** Checks a value; what is wrong with it is an `ERR_OPTION` about `name`, or a part of it. */
export function check<T>(schema: z.ZodMiniType<T>, value: unknown, name: string): T {
  const result = schema.safeParse(value, { error: (issue) => expectation(issue) })
  if (result.success) return result.data
  const issue = result.error.issues[0] as z.core.$ZodIssue
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path
  throw optionError(path.length === 0 ? name : path.join('.'), issue.message)
}

/** What was expected, in words of ours: zod's own texts need its locale. */
function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  const input = describe(issue.input)
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}, got ${input}`
    case 'invalid_value':
      return `expected one of ${issue.values.map((v) => JSON.stringify(v)).join(', ')}, got ${input}`
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}, got ${input}`
    case 'too_big':
      return `expected at most ${issue.maximum}, got ${input}`
    case 'unrecognized_keys':
      return 'there is no such option'
    default:
      return undefined
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'object') return value === null ? 'null' : 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}

/** Checks the options of a server and fills in the defaults. */
export function checkServerOptions(options: unknown): CheckedOptions {
  schemas ??= build()
  const given = check(schemas.server, options, 'options')
  const highWaterMark = given.highWaterMark ?? 65536
  const lowWaterMark = given.lowWaterMark ?? highWaterMark >> 1
  const maxQueued = given.maxQueued ?? 64 * 1024 * 1024
  const caps = checkTotals(given.limits)
  return {
    // The object itself: a checked copy of an instance would have lost its class.
    codec: (options as { readonly codec: Codec<unknown, unknown> }).codec,
    connection: given.connection as unknown as new () => AnyConnection,
    app: given.app,
    reactor: given.reactor ?? environmentReactor(),
    limits: new Limits(
      { highWaterMark, lowWaterMark, maxQueued, maxBuffered: Number.POSITIVE_INFINITY },
      caps !== null
    ),
    caps,
    timeouts: changeTimeouts(DEFAULT_TIMEOUTS, given.timeouts ?? {}, 'timeouts.'),
    holdWhenBlocked: given.backpressure !== 'manual',
    allowHalfOpen: given.allowHalfOpen ?? false,
    admission: checkAdmission(given)
  }
}

/** The reactor that the environment asks for. */
export function environmentReactor(): 'auto' | 'native' | 'portable' {
  const wanted = process.env.SHINY_REACTOR
  if (wanted === undefined || wanted === '') return 'auto'
  return check(reactorKind(), wanted, 'SHINY_REACTOR')
}

/** Checks the options of a stop and returns its deadline in milliseconds. */
export function checkStopOptions(options: unknown): number {
  schemas ??= build()
  return check(schemas.stop, options ?? {}, 'stop').timeout ?? 5000
}

/** Checks the options of a server's stop. */
export function checkServerStop(options: unknown): { timeout: number; connections: 'close' | 'wait' } {
  schemas ??= build()
  const { timeout = 5000, connections = 'close' } = check(schemas.serverStop, options ?? {}, 'stop')
  return { timeout, connections }
}
