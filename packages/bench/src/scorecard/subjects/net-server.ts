import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { type Actor, perform } from './script.js'
import { type Place, type Serving, Tally, type Wishes } from './serving.js'

/** A stock server, written as its documentation suggests. */
export class NetServer implements Serving {
  readonly tally = new Tally()
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  readonly #wishes: Wishes
  #stopping = false

  constructor(wishes: Wishes) {
    this.#wishes = wishes
    const allowHalfOpen = wishes.serve === 'script'
    this.#server = createServer({ noDelay: true, allowHalfOpen }, (socket) => this.#accept(socket))
    this.#server.on('error', () => {})
  }

  get live(): number {
    return this.#sockets.size
  }

  async listen(place: Place): Promise<number> {
    const at = 'path' in place ? place : { host: '127.0.0.1', ...place }
    this.#server.listen({ ...at, backlog: 4096 })
    await once(this.#server, 'listening')
    this.#stopping = false
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  async stop(timeout: number): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#stopping = true
    this.#server.close()
    // What is read from now on is dropped: nothing can be sent any more.
    for (const socket of this.#sockets) socket.end().resume()
    const cut = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, timeout)
    await closed
    clearTimeout(cut)
  }

  #accept(socket: Socket): void {
    const { tally } = this
    let closed = false
    tally.opened++
    this.#sockets.add(socket)
    if (this.#wishes.idle > 0) socket.setTimeout(this.#wishes.idle, () => socket.destroy())
    socket.on('error', () => tally.errors++)
    socket.on('close', () => {
      if (closed) tally.afterClose++
      closed = true
      tally.closed++
      this.#sockets.delete(socket)
    })
    if (this.#wishes.serve === 'echo') this.#echo(socket)
    else this.#follow(socket)
  }

  #echo(socket: Socket): void {
    socket.on('data', (chunk) => {
      this.tally.delivered++
      if (!socket.write(chunk)) socket.pause()
    })
    socket.on('drain', () => socket.resume())
  }

  #follow(socket: Socket): void {
    const { tally } = this
    const { backpressure, maxQueued } = this.#wishes
    const lines: string[] = []
    let rest = ''
    let stopped = false
    let ended = false
    const actor: Actor = {
      send: (text) => {
        if (!socket.writable) return
        socket.write(`${text}\n`)
        if (socket.writableLength > maxQueued) socket.destroy()
      },
      end: () => socket.end(),
      pause: () => {
        stopped = true
        socket.pause()
      },
      halfClose: (last) => socket.end(`${last}\n`),
      atEnd: null
    }
    const work = () => {
      if (this.#stopping && socket.writableEnded) return
      while (lines.length > 0 && !stopped) {
        if (backpressure === 'hold' && socket.writableNeedDrain) return void socket.pause()
        tally.delivered++
        perform(actor, lines.shift()!)
      }
      if (!ended || lines.length > 0 || !socket.writable) return
      ended = false
      if (actor.atEnd === null) socket.end()
      else actor.atEnd()
    }
    socket.setEncoding('latin1').on('data', (text) => {
      const parts = (rest + text).split('\n')
      rest = parts.pop()!
      lines.push(...parts)
      work()
    })
    socket.on('drain', () => {
      if (!stopped) socket.resume()
      work()
    })
    socket.on('end', () => {
      ended = true
      work()
    })
  }
}
