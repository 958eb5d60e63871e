import type { Clock } from './steady-clock.js'
import { type Loop, Wheel } from './wheel.js'

const wheels = new WeakMap<Clock, Wheel>()

/** The wheel of whoever has the clock, in the loop of this thread. */
export function wheelOf(clock: Clock): Wheel {
  let wheel = wheels.get(clock)
  if (wheel === undefined) {
    wheel = new Wheel({
      now: () => clock.now(),
      after: (delay, call) => {
        // The sockets keep the process alive, or let it end; a deadline has no say in that.
        const timer = setTimeout(call, delay).unref()
        return () => clearTimeout(timer)
      },
      soon: (call) => void setImmediate(call)
    })
    wheels.set(clock, wheel)
  }
  return wheel
}

/** Has the deadlines on a clock that comes with a loop of its own kept in that loop. */
export function wheelIn(loop: Loop): Wheel {
  const wheel = new Wheel(loop)
  wheels.set(loop, wheel)
  return wheel
}
