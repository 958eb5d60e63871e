import { RespAttributed, RespPush } from '../reply.js'
import * as T from './types.js'
import type { RespValue } from './value.js'

/** In `left` of an aggregate whose number of elements is not known before its end. */
export const STREAMED = -1
/** Up to so many elements are given room before they are there. */
export const FEW = 16

/**
 * An aggregate of which elements are still to come, inside others or not. Its elements grow as they arrive: what a header announces is
 * only counted down.
 */
export class Aggregate {
  /** A type; {@link T.BULK} for a streamed string, whose items are where its pieces begin and end. */
  readonly type: number
  /** How many elements are to come, or {@link STREAMED}. */
  left: number
  outer: Aggregate | null
  readonly items: RespValue[]
  #size: number
  /** Of an attribute, once they are whole: what comes next is the value that they belong to. */
  attributes: ReadonlyMap<RespValue, RespValue> | null = null

  /** `left` elements are to come behind the first `size` of `items`. */
  constructor(type: number, left: number, outer: Aggregate | null, items: RespValue[] = [], size = 0) {
    this.type = type
    this.left = left
    this.outer = outer
    this.items = items
    this.#size = size
  }

  add(value: RespValue): void {
    this.items[this.#size++] = value
  }

  /** The value, when all of it has come. */
  value(): RespValue {
    const { items } = this
    if (this.type === T.ARRAY) return items
    if (this.type === T.MAP) return pairs(items)
    if (this.type === T.SET) return new Set(items)
    if (this.type === T.PUSH) return new RespPush<RespValue>(items)
    return new RespAttributed<RespValue>(this.attributes ?? new Map(), items[0] as RespValue)
  }

  /** The attributes are whole; the one item to come is the value. */
  turnToValue(): void {
    this.attributes = pairs(this.items)
    this.items.length = this.#size = 0
    this.left = 1
  }
}

function pairs(items: readonly RespValue[]): Map<RespValue, RespValue> {
  const map = new Map<RespValue, RespValue>()
  for (let i = 0; i < items.length; i += 2) map.set(items[i] as RespValue, items[i + 1] as RespValue)
  return map
}
