import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, openClients } from '../client.js'
import type { Row } from '../row.js'

const day = 24 * 3600 * 1000

/** Asks on a client every now and then; `unanswered` has what is still to come. */
class Asking {
  unanswered = 0
  readonly #client: Client
  readonly #timer: NodeJS.Timeout

  constructor(client: Client, everyMs: number) {
    this.#client = client
    client.socket.on('data', (chunk) => {
      this.unanswered -= chunk.length / 5
    })
    this.#timer = setInterval(() => {
      if (client.ended || client.closed) return
      this.unanswered++
      client.socket.write('ping\n')
    }, everyMs)
  }

  /** Whether the server has cut it. */
  get isCut(): boolean {
    return this.#client.ended || this.#client.closed
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}

/** A process that stands still for a while, and a wall clock that jumps, while connections have timeouts. */
export const clocks: Row = {
  name: 'clocks',
  bar: 'no busy connection timed out by a stop of the process for 10 s or a jump of the wall clock by a day; silent ones still are',
  beside: true,
  limit: 40,
  async measure(stage, kind) {
    const idle = stage.size(3000, 1500)
    const pause = stage.size(10_000, 4000)
    const subject = await stage.start(kind, 'server', { serve: 'script', idle, read: kind === 'net' ? 0 : idle })
    const asking = (await openClients(200, subject)).map((client) => new Asking(client, idle / 6))
    stage.defer(() => {
      for (const one of asking) one.stop()
    })
    await sleep(idle / 2)
    const wrong = async (what: string, disturb: () => Promise<unknown>) => {
      stage.step(what)
      const before = asking.filter(({ isCut }) => isCut).length
      await disturb()
      await sleep(idle * 1.3)
      return asking.filter(({ isCut }) => isCut).length - before
    }
    const byPause = await wrong(`the process stands still for ${pause / 1000} s`, async () => {
      process.kill(subject.pid, 'SIGSTOP')
      await sleep(pause)
      process.kill(subject.pid, 'SIGCONT')
    })
    const byJumps =
      (await wrong('the wall clock goes forward by a day', () => subject.ask(`jump ${day}`))) +
      (await wrong('the wall clock goes back by two days', () => subject.ask(`jump ${-2 * day}`)))
    for (const one of asking) one.stop()
    stage.step('connections that are silent')
    const silent = await openClients(20, subject)
    await Promise.all(silent.map((client) => client.untilEnd((2 * idle + 2000) / 1000)))
    const timedOut = silent.filter(({ ended, closed }) => ended || closed).length
    const unanswered = asking.reduce((sum, one) => sum + (one.isCut ? 0 : one.unanswered), 0)
    return {
      text:
        `${byPause} of 200 wrongly timed out by the pause, ${byJumps} by the clock, ${unanswered} requests unanswered; ` +
        `${timedOut} of 20 silent ones timed out`,
      passed: byPause + byJumps + unanswered === 0 && timedOut === 20,
      values: { byPause, byJumps, unanswered, timedOut }
    }
  }
}
