const RealDate = Date
let offset = 0

/** A wall clock that can be set, for this process alone. */
class MovableDate extends RealDate {
  constructor(...given: [] | [value: number | string | Date]) {
    if (given.length === 0) super(MovableDate.now())
    else super(given[0])
  }

  static override now(): number {
    return RealDate.now() + offset
  }
}

/** Moves this process's wall clock, which is `Date`, by some milliseconds; no other clock moves. */
export function moveWallClock(ms: number): void {
  offset += ms
  globalThis.Date = MovableDate as DateConstructor
}
