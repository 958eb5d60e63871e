import type { AnyConnection } from '../connection/channel-host.js'
import { ShinyError } from '../errors/index.js'

const FIRST_PERIOD = 1000
const LONGEST_PERIOD = 60_000
/** Kinds that are told apart at a time; what is more falls together, so that no error can fill the memory by its name. */
const MOST_KINDS = 100

/** What is known of the errors of one kind in the period that runs. */
interface Flood {
  period: number
  suppressed: number
  last: string
}

/** Tells of a warning. */
export type Warn = (text: string, code: string | undefined) => void

/**
 * Warnings that a flood of errors cannot turn into a flood of output. The first error of a kind is told at once; those that follow
 * in its period are counted, and told in one warning at its end. While errors keep coming, each period is twice as long
 * as the one before, up to a minute; after a period without any, the next is the first again.
 */
export class Warnings {
  readonly #warn: Warn
  readonly #firstPeriod: number
  readonly #floods = new Map<string, Flood>()

  /** `firstPeriod` is in milliseconds. */
  constructor(warn: Warn, firstPeriod: number = FIRST_PERIOD) {
    this.#warn = warn
    this.#firstPeriod = firstPeriod
  }

  /** Tells that nobody handles `error`. Errors of one place and one code, or one class, are of one kind. */
  about(error: Error, place: string, where: string): void {
    const code = codeOf(error)
    const text = `${where}: ${error.stack ?? error.message}`
    const name = `${place} ${code ?? error.name}`
    const kind = this.#floods.has(name) || this.#floods.size < MOST_KINDS ? name : 'others'
    const flood = this.#floods.get(kind)
    if (flood !== undefined) {
      flood.suppressed++
      flood.last = text
      return
    }
    this.#warn(`unhandled error ${text}`, code)
    const begun = { period: this.#firstPeriod, suppressed: 0, last: '' }
    this.#floods.set(kind, begun)
    this.#await(kind, begun, code)
  }

  /** The timer keeps no process alive: what is suppressed at its end stays untold. */
  #await(kind: string, flood: Flood, code: string | undefined): void {
    setTimeout(() => {
      if (flood.suppressed === 0) {
        this.#floods.delete(kind)
        return
      }
      const more = flood.suppressed === 1 ? '1 more unhandled error' : `${flood.suppressed} more unhandled errors`
      this.#warn(`${more} like it in ${flood.period / 1000} s, the last ${flood.last}`, code)
      flood.suppressed = 0
      flood.period = Math.min(LONGEST_PERIOD, flood.period * 2)
      this.#await(kind, flood, code)
    }, flood.period).unref()
  }
}

const warnings = new Warnings((text, code) => {
  process.emitWarning(text, { type: 'ShinyWarning', ...(code === undefined ? {} : { code }) })
})

/** Emits a process warning for an error that nobody listens for, unless one of its kind was told shortly before. */
export function warnAbout(error: Error, place: 'handler' | 'server' | 'pool', where: string): void {
  warnings.about(error, place, where)
}

/** Whether the program made an error. What peers and the network do wrong is no news. */
export function isOwnFault(error: Error): boolean {
  return !(error instanceof ShinyError) || error.origin === 'handler' || error.origin === 'encode'
}

/** Warns of an error that a handler made and nobody listens for. */
export function warnUnhandled(error: Error, connection: AnyConnection): void {
  if (isOwnFault(error)) warnAbout(error, 'handler', `in a handler of connection ${connection.id}`)
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}
