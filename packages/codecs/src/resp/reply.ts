/** A simple string such as `+OK`. CR and LF in it are sent as spaces. */
export class RespStatus {
  constructor(readonly text: string) {}
}

/** An error reply; the first word is its code by convention. CR and LF in it are sent as spaces. */
export class RespFailure {
  constructor(readonly text: string) {}
}

/** A floating-point reply: a double in RESP3, a bulk string in RESP2. */
export class RespDouble {
  constructor(readonly value: number) {}
}

/** Text with a three-letter format (`txt`, `mkd`): a verbatim string in RESP3, a bulk string in RESP2. */
export class RespVerbatim {
  constructor(
    readonly format: string,
    readonly text: string
  ) {}
}

/** Out-of-band data: a push in RESP3, an array in RESP2. The first element names its kind. */
export class RespPush<Element extends RespReply = RespReply> {
  constructor(readonly elements: readonly Element[]) {}
}

/** A value with facts about it beside it, such as a key's popularity: an attribute in RESP3, the value alone in RESP2. */
export class RespAttributed<Value extends RespReply = RespReply> {
  constructor(
    readonly attributes: ReadonlyMap<Value, Value>,
    readonly value: Value
  ) {}
}

/**
 * Part of somebody's memory, sent as a bulk string without a view being made of it. One instance may be pointed at other
 * bytes and sent again: it is read while `send` runs.
 */
export class RespSlice {
  source: Uint8Array
  start: number
  end: number

  constructor(source: Uint8Array, start = 0, end = source.length) {
    this.source = source
    this.start = start
    this.end = end
  }

  /** Points at other bytes and returns itself. */
  at(source: Uint8Array, start: number, end: number): this {
    this.source = source
    this.start = start
    this.end = end
    return this
  }
}

/** Switches the connection's replies to RESP2 or RESP3, from this reply on. */
export class RespSwitch {
  constructor(
    readonly version: 2 | 3,
    readonly reply: RespReply
  ) {}
}

/** The type of {@link nullArray}. */
export interface RespNullArray {
  readonly nullArray: true
}

/** Null where an array was expected: `*-1` in RESP2, the one null in RESP3. */
export const nullArray: RespNullArray = Object.freeze({ nullArray: true })

/**
 * What a handler may send: a string or bytes (bulk string), an integral number or a bigint (integer; a big number beyond
 * 64 bits), any other number (double), a boolean, null, an array, a Map, a Set, or one of the classes above. RESP2 or RESP3 by what the
 * client negotiated.
 */
export type RespReply =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly RespReply[]
  | ReadonlyMap<RespReply, RespReply>
  | ReadonlySet<RespReply>
  | RespStatus
  | RespFailure
  | RespDouble
  | RespVerbatim
  | RespPush
  | RespAttributed
  | RespSlice
  | RespSwitch
  | RespNullArray
