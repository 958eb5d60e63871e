// A server that keeps its closed connections and, when told, calls their methods while others live in their places.

import { line } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import { numberOf, parseFlags, runCommand } from '../../command-line.js'
import { Dice } from '../dice.js'
import { obey } from './control.js'

const flags = {
  kind: { value: 'KIND', help: 'shiny', default: 'shiny' },
  seed: { value: 'N', help: 'for the choice of calls', default: '1' }
} as const

const kept: Stale[] = []
let afterClose = 0
let strangeWakes = 0

class Stale extends Connection<string> {
  #closed = false

  override onMessage(text: string): void {
    if (this.#closed) afterClose++
    this.send(text)
  }
  // Only closed connections are woken here.
  override onWake(): void {
    strangeWakes++
  }
  override onClose(): void {
    if (this.#closed) afterClose++
    this.#closed = true
    if (kept.length < 2000) kept.push(this)
  }
}

/** Calls that must do nothing. */
const silent: readonly ((connection: Stale) => unknown)[] = [
  (connection) => connection.end(),
  (connection) => connection.close(),
  (connection) => connection.halfClose(),
  (connection) => connection.setTimeouts({ idle: 1, lifetime: 1 }),
  (connection) => connection.setLimits({ maxQueued: 0, highWaterMark: 0 }),
  (connection) => connection.waker().wake('anybody'),
  (connection) => connection.destroy(),
  (connection) => connection.destroy(new Error('too late')),
  (connection) => connection.pause(),
  (connection) => connection.resume(),
  (connection) => connection.wake('anybody'),
  (connection) => connection.queued + connection.bytesRead + connection.bytesWritten
]

/** Calls that must be refused with `ERR_CLOSED`. */
const refused: readonly ((connection: Stale) => unknown)[] = [
  (connection) => connection.send('not for you'),
  (connection) => connection.end('not for you'),
  (connection) => connection.halfClose('not for you'),
  (connection) => connection.upgrade(line(), Stale)
]

/** What came of a call: null when it was right. */
function misbehaviour(connection: Stale, dice: Dice): string | null {
  if (connection.isOpen) return 'a closed connection says that it is open'
  const which = dice.roll(silent.length + refused.length)
  const mustRefuse = which >= silent.length
  try {
    ;(silent[which] ?? refused[which - silent.length])!(connection)
    return mustRefuse ? 'a message was taken' : null
  } catch (error) {
    return mustRefuse && (error as { code?: string }).code === 'ERR_CLOSED' ? null : String(error)
  }
}

await runCommand('stale', async () => {
  const given = parseFlags(flags, process.argv.slice(2))
  const dice = new Dice(numberOf('seed', given.seed, 0, 2 ** 31))
  const server = new Server({ codec: line(), connection: Stale })
  server.on('connectionError', () => {})
  await server.listen({ host: '127.0.0.1', port: 0 })
  await obey(
    { port: server.addresses[0]?.port },
    {
      kept: () => ({ kept: kept.length }),
      call: async (count) => {
        const wrong: string[] = []
        for (let i = 0; i < Number(count); i++) {
          const what = misbehaviour(kept[dice.roll(kept.length)]!, dice)
          if (what !== null) wrong.push(what)
          if (i % 500 === 0) await new Promise<void>((resolve) => setImmediate(resolve))
        }
        return { wrong: wrong.length, first: wrong[0] ?? null, afterClose, strangeWakes }
      }
    }
  )
  return 0
})
