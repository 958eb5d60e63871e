// Options, actions and events are checked where they are written.

import { line } from '@shiny/codecs'
import { type CloseReason, Connection, connect, Server } from '@shiny/core'

class Echo extends Connection<string> {
  override onOpen(): void {
    const id: number = this.id
    const queued: number = this.queued
    const taken: boolean = this.send(`${id} ${queued}`)
    const signal: AbortSignal = this.signal
    void [taken, signal]
  }
  override onMessage(text: string): void {
    this.end(text)
    this.end()
    // @ts-expect-error: Argument of type 'number' is not assignable to parameter of type 'string'
    this.send(1)
    // @ts-expect-error: Argument of type '[1]' is not assignable to parameter of type
    this.end(1)
    // @ts-expect-error: Cannot assign to 'id' because it is a read-only property
    this.id = 1
    // @ts-expect-error: Argument of type 'string' is not assignable to parameter of type 'Error'
    this.destroy('because')
  }
  override onError(error: Error): void | 'continue' {
    return error.message === 'bad' ? 'continue' : undefined
  }
  override onClose(reason: CloseReason): void {
    const by: 'peer' | 'local' | 'timeout' | 'error' = reason.by
    void by
  }
}

class Misguided extends Connection<string> {
  override onMessage(): void {}
  // @ts-expect-error: is not assignable to type 'void | "continue"'
  override onError(): 'go on' {
    return 'go on'
  }
}
void Misguided

class Misspelt extends Connection<string> {
  override onMessage(): void {}
  // @ts-expect-error: This member cannot have an 'override' modifier
  override onMesage(): void {}
}
void Misspelt

// @ts-expect-error: Cannot create an instance of an abstract class
new Connection()

const server = new Server({ codec: line(), connection: Echo, highWaterMark: 1024, backpressure: 'manual' })
// @ts-expect-error: Object literal may only specify known properties
new Server({ codec: line(), connection: Echo, highwater: 1 })
// @ts-expect-error: Type '"fastest"' is not assignable to type
new Server({ codec: line(), connection: Echo, reactor: 'fastest' })
// @ts-expect-error: Type 'string' is not assignable to type 'number'
new Server({ codec: line(), connection: Echo, maxQueued: '1' })
// @ts-expect-error: is missing the following properties from type 'Codec<
new Server({ codec: {}, connection: Echo })

new Server({ codec: line(), connection: Echo, access: [{ allow: '10.0.0.0/8' }, { deny: { uid: 1 } }] })
new Server({
  codec: line(),
  connection: Echo,
  limits: { acceptRate: 5, acceptRatePerPeer: { perSecond: 5, burst: 9 } }
})
new Server({ codec: line(), connection: Echo, proxyProtocol: { from: ['unix'], timeout: 3000 } })
// @ts-expect-error: Type 'number' is not assignable to type 'AccessMatch'
new Server({ codec: line(), connection: Echo, access: [{ allow: 1 }] })
// @ts-expect-error: Object literal may only specify known properties
new Server({ codec: line(), connection: Echo, access: [{ permit: 'all' }] })
// @ts-expect-error: Property 'from' is missing in type
new Server({ codec: line(), connection: Echo, proxyProtocol: {} })
// @ts-expect-error: Object literal may only specify known properties
void connect({ port: 1, codec: line(), connection: Echo, access: [] })

server.on('drop', (peer, reason, error) => void [peer.host, reason === 'access', error?.message])
// @ts-expect-error: This comparison appears to be unintentional
server.on('drop', (_peer, reason) => void (reason === 'acess'))
server.on('listening', (address) => void address.port.toFixed())
server.on('connectionError', (error, connection) => void [error.message, connection.id])
// @ts-expect-error: Argument of type '"listen"' is not assignable
server.on('listen', () => {})
// @ts-expect-error: Types of parameters 'address' and 'address' are incompatible
server.on('listening', (address: number) => void address)

void server.listen({ port: 0 }, 'unix:///tmp/x')
// @ts-expect-error: Expected at least 1 arguments, but got 0
void server.listen()
// @ts-expect-error: Type 'string' is not assignable to type 'number'
void server.listen({ port: '80' })
void server.stop({ timeout: 1 })
// @ts-expect-error: Type 'string' is not assignable to type 'number'
void server.stop({ timeout: '5s' })

async function scope(): Promise<void> {
  await using disposed = new Server({ codec: line(), connection: Echo })
  void disposed
}
void scope
