// A server whose connections throw, each in one hook. Those that come before it is told `arm` only echo.

import { line } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import { runCommand } from '../../command-line.js'
import { obey } from './control.js'

const places = [
  'construct',
  'onOpen',
  'onMessage',
  'reject',
  'onBatchEnd',
  'onDrain',
  'onWake',
  'onEnd',
  'onError',
  'onClose'
]
const tally = { opened: 0, closed: 0, thrown: 0, afterClose: 0, bystandersLost: 0 }

function fail(): never {
  tally.thrown++
  throw new Error('thrown on purpose')
}

class Bystander extends Connection<string> {
  override onMessage(text: string): void {
    this.send(text)
  }
  override onClose(): void {
    tally.bystandersLost++
  }
}

class Throwing extends Connection<string> {
  readonly #place = places[next++ % places.length]!
  #closed = false

  constructor() {
    super()
    this.#at('construct')
  }
  override onOpen(): void {
    tally.opened++
    this.#at('onOpen')
  }
  override onMessage(text: string): void | Promise<void> {
    this.#at('onMessage')
    if (this.#place === 'reject') return Promise.resolve().then(fail)
    if (this.#place === 'onDrain') this.send('x'.repeat(200_000))
    else if (this.#place === 'onWake') this.wake()
    else if (this.#place === 'onError') this.destroy(new Error('an error'))
    else if (this.#place === 'onClose') this.end('bye')
    else this.send(this.#place === 'onEnd' ? 'end' : text)
  }
  override onBatchEnd(): void {
    this.#at('onBatchEnd')
  }
  override onDrain(): void {
    this.#at('onDrain')
  }
  override onWake(): void {
    this.#at('onWake')
  }
  override onEnd(): void {
    this.#at('onEnd')
  }
  override onError(): void {
    this.#at('onError')
  }
  override onClose(): void {
    if (this.#closed) tally.afterClose++
    this.#closed = true
    tally.closed++
    this.#at('onClose')
  }
  #at(place: string): void {
    if (this.#closed && place !== 'onClose') tally.afterClose++
    if (place === this.#place) fail()
  }
}

let next = 0
let armed = false

class Mixed extends Server<string> {
  protected override createConnection(): Connection<string> {
    return armed ? new Throwing() : new Bystander()
  }
}

await runCommand('throwing', async () => {
  const server = new Mixed({ codec: line(), connection: Bystander })
  server.on('connectionError', () => {})
  server.on('error', () => {})
  await server.listen({ host: '127.0.0.1', port: 0 })
  await obey(
    { port: server.addresses[0]?.port },
    {
      arm: () => {
        armed = true
      },
      tally: () => ({ ...tally, places: places.length })
    }
  )
  return 0
})
