import type { RespCommand, RespFailure } from '@shiny/codecs'
import { invalidExpireTime, notAnInteger } from '../replies.js'

/** How an argument gives a time: in what, and counted from what. */
export interface TimeForm {
  readonly unit: 1 | 1000
  readonly absolute: boolean
}

export const SECONDS: TimeForm = { unit: 1000, absolute: false }
export const MILLISECONDS: TimeForm = { unit: 1, absolute: false }
export const UNIX_SECONDS: TimeForm = { unit: 1000, absolute: true }
export const UNIX_MILLISECONDS: TimeForm = { unit: 1, absolute: true }

const MAX_INT64 = 2n ** 63n - 1n
const MIN_INT64 = -(2n ** 63n)
/** Times within this are exact in numbers, whatever unit they have. */
const PLAIN = 2 ** 40

/**
 * The deadline that an argument gives, in milliseconds since 1970, or the reply that refuses it. Beyond the year
 * 287396 it is the nearest that a double holds.
 */
export function readDeadline(command: RespCommand, index: number, form: TimeForm, name: string): number | RespFailure {
  const base = form.absolute ? 0 : Date.now()
  const plain = command.int(index)
  if (plain > -PLAIN && plain < PLAIN) return plain * form.unit + base
  const exact = command.bigint(index)
  if (exact === undefined) return notAnInteger
  const time = exact * BigInt(form.unit)
  if (time < MIN_INT64 || time + BigInt(base) > MAX_INT64) return invalidExpireTime(name)
  return Number(time + BigInt(base))
}

/** The same where a time that is not positive is refused too. */
export function readPositiveDeadline(
  command: RespCommand,
  index: number,
  form: TimeForm,
  name: string
): number | RespFailure {
  const deadline = readDeadline(command, index, form, name)
  if (typeof deadline !== 'number') return deadline
  return command.source[command.start(index)] === 0x2d || command.int(index) === 0 ? invalidExpireTime(name) : deadline
}
