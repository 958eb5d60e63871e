import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Dice } from './dice.js'

/** How many bytes may be under way: less than any receive buffer holds. */
const windowBytes = 80_000
/** What the system keeps beside a datagram's bytes. */
const overhead = 800
const longest = 65_507

/** A client of a UDP echo server that sends so many datagrams, sees them come back, and keeps only a few under way. */
export class DatagramStream {
  sent = 0
  returned = 0
  /** Came back before one that was sent earlier, or with other bytes. */
  wrong = 0
  readonly #socket: Socket = createSocket('udp4')
  readonly #port: number
  readonly #dice: Dice
  readonly #underWay: Buffer[] = []
  #bytes = 0

  constructor(port: number, dice: Dice) {
    this.#port = port
    this.#dice = dice
    this.#socket.on('message', (message) => this.#take(message))
  }

  async run(count: number): Promise<void> {
    this.#socket.bind(0, '127.0.0.1')
    await once(this.#socket, 'listening')
    let before = -1
    while (this.sent < count || this.#underWay.length > 0) {
      while (this.sent < count && (this.#underWay.length === 0 || this.#bytes < windowBytes)) this.#send()
      await new Promise<void>((resolve) => setImmediate(resolve))
      if (this.returned !== before) before = this.returned
      else if (!(await this.#moves())) this.#forget()
    }
  }

  close(): void {
    this.#socket.close()
  }

  /** Whether anything comes within a second. */
  async #moves(): Promise<boolean> {
    const over = performance.now() + 1000
    const { returned } = this
    while (this.returned === returned && performance.now() < over) {
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    return this.returned !== returned
  }

  #send(): void {
    const bytes = this.#draw()
    this.sent++
    this.#underWay.push(bytes)
    this.#bytes += bytes.length + overhead
    this.#socket.send(bytes, this.#port, '127.0.0.1')
  }

  /** A datagram: one in a hundred empty, one in a thousand as long as can be. */
  #draw(): Buffer {
    const kind = this.#dice.roll(1000)
    if (kind < 10) return Buffer.alloc(0)
    const bytes = Buffer.alloc(kind === 10 ? longest : 4 + this.#dice.roll(1400), this.sent & 0xff)
    bytes.writeUInt32LE(this.sent)
    return bytes
  }

  #take(message: Buffer): void {
    this.returned++
    const expected = this.#underWay.shift()
    if (expected !== undefined) this.#bytes -= expected.length + overhead
    if (expected === undefined || !expected.equals(message)) this.wrong++
  }

  /** What is under way is lost. */
  #forget(): void {
    this.#underWay.length = 0
    this.#bytes = 0
  }
}

/** Sends so many datagrams without waiting for anything; resolves when the system has them all. */
export async function flood(port: number, count: number): Promise<void> {
  const socket = createSocket('udp4')
  socket.on('message', () => {})
  for (let sent = 0; sent < count; sent += 500) {
    const batch = Array.from(
      { length: 500 },
      () => new Promise((resolve) => socket.send('flood', port, '127.0.0.1', resolve))
    )
    await Promise.all(batch)
  }
  socket.close()
}

/** Asks from sockets that are gone when the answer comes, so that the server is told that nobody is there. */
export async function askAndVanish(port: number, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const socket = createSocket('udp4')
    await new Promise((resolve) => socket.send('anybody there?', port, '127.0.0.1', resolve))
    socket.close()
  }
}
