import { optionError } from '../../errors/index.js'
import type { CodecLimits } from '../contract.js'
import type { NativePlan } from '../native-framing.js'

/** What has frames of up to so many bytes of content. */
interface Bounded {
  readonly name: string
  readonly maxLength: number
}

/** The longest content that `limits` allow; none is above what the framing was made with. */
export function maxLengthOf(framing: Bounded, limits: CodecLimits): number {
  for (const name of Object.keys(limits))
    if (name !== 'maxLength') throw optionError(name, `${framing.name} has no such limit, only maxLength`)
  const { maxLength = framing.maxLength } = limits
  if (Number.isInteger(maxLength) && maxLength >= 0) return Math.min(maxLength, framing.maxLength)
  throw optionError('maxLength', `expected an integer from 0, got ${String(maxLength)}`)
}

/** The same plan for content of up to `maxLength` bytes, where plans of its kind look at that. */
export function limitedPlan(plan: NativePlan, maxLength: number): NativePlan {
  if (!('maxLength' in plan) || plan.maxLength === maxLength) return plan
  return Object.freeze({ ...plan, maxLength })
}
