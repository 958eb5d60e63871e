import t from 'tap'
import { internal } from './internals.js'

interface Loop {
  now(): number
  after(delay: number, call: () => void): () => void
  soon(call: () => void): void
}

interface TimedEntry {
  expire(now: number): number
}

interface WheelLike {
  readonly clock: { now(): number; at(moment: number): number }
  schedule(timed: TimedEntry, deadline: number): void
  remove(timed: TimedEntry): void
}

const { Wheel, Timed } = await internal<{
  Wheel: new (loop: Loop) => WheelLike
  Timed: new () => TimedEntry
}>('time/wheel.js')

/** A loop whose time a test moves, with at most one timer, as a wheel has. */
class FakeLoop implements Loop {
  wakes = 0
  #now = 1_000_000
  #timer: { at: number; call: () => void } | null = null
  #soon: (() => void)[] = []

  now(): number {
    return this.#now
  }

  get armed(): boolean {
    return this.#timer !== null
  }

  after(delay: number, call: () => void): () => void {
    if (this.#timer !== null) throw new Error('there is a timer already')
    const timer = { at: this.#now + delay, call }
    this.#timer = timer
    return () => {
      if (this.#timer === timer) this.#timer = null
    }
  }

  soon(call: () => void): void {
    this.#soon.push(call)
  }

  /** Lets time pass while the loop runs. */
  run(duration: number): void {
    const end = this.#now + duration
    this.turns()
    while (this.#timer !== null && this.#timer.at <= end) {
      this.#now = Math.max(this.#now, this.#timer.at)
      this.#fire()
      this.turns()
    }
    this.#now = Math.max(this.#now, end)
  }

  /** Lets time pass while the loop stands still; what is due then fires late. */
  stall(duration: number): void {
    this.#now += duration
  }

  turns(): void {
    while (this.#soon.length > 0) this.#soon.shift()?.()
  }

  #fire(): void {
    const { call } = this.#timer as { call: () => void }
    this.#timer = null
    this.wakes++
    call()
  }
}

/** Expires when the clock has come to its deadline, which may be moved meanwhile. */
class Probe extends Timed {
  readonly fired: number[] = []
  deadline: number
  constructor(deadline: number) {
    super()
    this.deadline = deadline
  }
  override expire(now: number): number {
    if (now < this.deadline) return this.deadline
    this.fired.push(now)
    return Number.POSITIVE_INFINITY
  }
}

function begin(): { loop: FakeLoop; wheel: WheelLike; start: number } {
  const loop = new FakeLoop()
  const wheel = new Wheel(loop)
  return { loop, wheel, start: wheel.clock.now() }
}

t.test('a deadline is never early, and late by at most 50 ms or a hundredth', async (t) => {
  for (const length of [0, 1, 15, 16, 17, 100, 999, 5000, 60_000, 3_600_000, 2 ** 31 - 1]) {
    const { loop, wheel, start } = begin()
    const probe = new Probe(start + length)
    wheel.schedule(probe, probe.deadline)
    loop.run(length - 1)
    t.strictSame(probe.fired, [], `${length} ms: not yet`)
    loop.run(Math.max(50, length / 100) + 1)
    t.equal(probe.fired.length, 1, `${length} ms: in time`)
  }
})

t.test('without deadlines there is no timer', async (t) => {
  const { loop, wheel, start } = begin()
  t.notOk(loop.armed)
  const probe = new Probe(start + 100)
  wheel.schedule(probe, probe.deadline)
  t.ok(loop.armed)
  loop.run(1000)
  t.strictSame([probe.fired.length, loop.armed], [1, false])
  wheel.schedule(probe, start + 60_000)
  wheel.remove(probe)
  loop.run(120_000)
  t.strictSame([probe.fired.length, loop.armed], [1, false], 'nor after the last was taken out')
})

t.test('10,000 deadlines of the same minute cost a handful of wake-ups', async (t) => {
  const { loop, wheel } = begin()
  const probes = Array.from({ length: 10_000 }, () => new Probe(wheel.clock.now() + 60_000))
  for (const probe of probes) {
    wheel.schedule(probe, probe.deadline)
    loop.run(0.05)
  }
  loop.run(59_000)
  t.ok(loop.wakes <= 10, `${loop.wakes} wake-ups in the first 59 seconds`)
  loop.run(2000)
  t.equal(probes.filter(({ fired }) => fired.length === 1).length, 10_000)
  t.ok(loop.wakes <= 20, `${loop.wakes} in all`)
})

t.test('a deadline that is moved away costs nothing until its bucket comes up', async (t) => {
  const { loop, wheel, start } = begin()
  const probe = new Probe(start + 1000)
  wheel.schedule(probe, probe.deadline)
  for (let i = 0; i < 9; i++) {
    loop.run(100)
    probe.deadline = wheel.clock.now() + 1000
  }
  loop.run(999)
  t.strictSame(probe.fired, [])
  loop.run(52)
  t.equal(probe.fired.length, 1)
})

t.test('a deadline that is moved nearer is met', async (t) => {
  const { loop, wheel, start } = begin()
  const probe = new Probe(start + 60_000)
  wheel.schedule(probe, probe.deadline)
  probe.deadline = start + 200
  wheel.schedule(probe, probe.deadline)
  loop.run(251)
  t.equal(probe.fired.length, 1)
})

t.test('whoever expires may take others of the same bucket out, and schedule anew', async (t) => {
  const { loop, wheel, start } = begin()
  const others = Array.from({ length: 5 }, () => new Probe(start + 100))
  class Killer extends Probe {
    override expire(now: number): number {
      for (const other of others) wheel.remove(other)
      this.fired.push(now)
      return now
    }
  }
  for (const other of others.slice(0, 2)) wheel.schedule(other, other.deadline)
  const killer = new Killer(start + 100)
  for (const other of others.slice(2)) wheel.schedule(other, other.deadline)
  wheel.schedule(killer, killer.deadline)
  loop.run(500)
  t.equal(others.filter(({ fired }) => fired.length > 0).length, 0)
  t.ok(killer.fired.length > 1 && killer.fired.length < 100, 'once a bucket, not without end')
})

t.test('time in which the loop stands still does not count', async (t) => {
  for (const [length, before, stall] of [
    [3000, 0, 10_000],
    [3000, 1500, 10_000],
    [3000, 2900, 10_000],
    [60_000, 30_000, 10_000],
    [60_000, 59_000, 86_400_000]
  ] as const) {
    const { loop, wheel, start } = begin()
    const probe = new Probe(start + length)
    wheel.schedule(probe, probe.deadline)
    loop.run(before)
    loop.stall(stall)
    // What a stall hides is less than an eighth of the length: the wheel looks at the clock on the way.
    loop.run(Math.max(0, length - before - length / 8 - 1))
    t.strictSame(probe.fired, [], `${length} ms with a stall of ${stall} after ${before}`)
    loop.run(length / 8 + 60 + length / 100)
    t.equal(probe.fired.length, 1)
  }
})

t.test('after a stall the loop may read what has come before anybody is judged', async (t) => {
  const { loop, wheel, start } = begin()
  const probe = new Probe(start + 1000)
  wheel.schedule(probe, probe.deadline)
  loop.run(990)
  let read = false
  const soon = loop.soon.bind(loop)
  loop.soon = (call) =>
    soon(() => {
      read = true
      probe.deadline = wheel.clock.now() + 1000
      call()
    })
  loop.stall(5000)
  loop.run(900)
  t.ok(read)
  t.strictSame(probe.fired, [])
})

t.test('a moment before, in and after a stall keeps its distance from the deadline', async (t) => {
  const { loop, wheel, start } = begin()
  const raw = loop.now()
  const probe = new Probe(start + 800)
  wheel.schedule(probe, probe.deadline)
  loop.run(100)
  loop.stall(5000)
  loop.run(0)
  t.ok(wheel.clock.now() < start + 250, 'the clock has hardly moved')
  t.equal(wheel.clock.at(raw), start)
  t.ok(wheel.clock.at(raw + 3000) < start + 250, 'nor was it later in the middle of the stall')
  loop.run(1000)
  t.ok(Math.abs(wheel.clock.at(loop.now()) - wheel.clock.now()) < 1e-6)
})

t.test('a loop that is always late judges all the same', async (t) => {
  const { loop, wheel, start } = begin()
  const probe = new Probe(start + 1000)
  wheel.schedule(probe, probe.deadline)
  for (let i = 0; i < 60 && probe.fired.length === 0; i++) {
    loop.stall(150)
    loop.run(0)
  }
  t.equal(probe.fired.length, 1)
})
