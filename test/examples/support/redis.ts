import type { Test } from 'tap'
import { type Program, startServer } from './program.js'
import { dial, type Wire } from './wire.js'

/** A command in RESP form, each argument as characters U+0000 to U+00FF. */
export function request(...args: readonly string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join('')}`
}

/** A bulk string in RESP form. */
export function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`
}

const MARKER = '\x02end of reply\x03'

/** A client of the redis-server that checks replies byte for byte. */
export class RedisWire {
  readonly wire: Wire
  readonly #t: Test

  constructor(t: Test, wire: Wire) {
    this.#t = t
    this.wire = wire
  }

  /** Sends a command, given as words or as one text with spaces, and expects exactly this reply. */
  async expect(command: string | readonly string[], reply: string): Promise<void> {
    const args = typeof command === 'string' ? command.split(' ') : command
    this.#t.equal(await this.ask(...args), reply, args.join(' ').slice(0, 100))
  }

  /** The reply to a command as it is, whatever its length. */
  async ask(...args: readonly string[]): Promise<string> {
    return this.askRaw(request(...args))
  }

  async askRaw(bytes: string): Promise<string> {
    this.wire.write(bytes + request('ECHO', MARKER))
    const ending = bulk(MARKER)
    const reply = await this.wire.through(ending)
    if (!reply.endsWith(ending)) throw new Error(`the server closed the connection after ${JSON.stringify(reply)}`)
    return reply.slice(0, -ending.length)
  }
}

/** Starts a redis-server and connects to it. */
export async function startRedis(t: Test): Promise<{ program: Program; port: number; client: RedisWire }> {
  const { program, port } = await startServer(t, 'redis-server')
  return { program, port, client: await dialRedis(t, port) }
}

export async function dialRedis(t: Test, port: number): Promise<RedisWire> {
  return new RedisWire(t, await dial(t, port))
}
