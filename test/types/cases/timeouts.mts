// Timeouts and limits, for a server and for one connection.

import { line } from '@shiny/codecs'
import { Connection, defineConnection, Server, type TimeoutKind, type Timeouts } from '@shiny/core'

class Patient extends Connection<string> {
  override onMessage(): void {
    this.setTimeouts({ idle: 1000, read: null, write: 0, lifetime: undefined })
    this.setLimits({ highWaterMark: 1024 })
    // @ts-expect-error: Type 'string' is not assignable to type 'number'
    this.setTimeouts({ idle: '1s' })
    // @ts-expect-error: Object literal may only specify known properties
    this.setTimeouts({ idel: 1000 })
    // @ts-expect-error: Type 'null' is not assignable to type 'number
    this.setLimits({ maxQueued: null })
  }
  override onTimeout(kind: TimeoutKind): void | 'continue' {
    const known: 'idle' | 'read' | 'write' | 'handshake' | 'lifetime' = kind
    return known === 'idle' ? 'continue' : undefined
  }
}

class Misguided extends Connection<string> {
  override onMessage(): void {}
  // @ts-expect-error: is not assignable to type 'void | "continue"'
  override onTimeout(): 'go on' {
    return 'go on'
  }
}
void Misguided

const codec = line()
const Brief = defineConnection(codec, {
  onMessage: () => undefined,
  onTimeout(kind, connection) {
    connection.send(kind)
    // @ts-expect-error: This comparison appears to be unintentional
    if (kind === 'connect') return
    return 'continue'
  }
})
void Brief

const timeouts: Timeouts = { handshake: 5000 }
new Server({ codec, connection: Patient, timeouts })
// @ts-expect-error: Object literal may only specify known properties
new Server({ codec, connection: Patient, timeouts: { connect: 1 } })
// @ts-expect-error: has no properties in common with type 'Timeouts'
new Server({ codec, connection: Patient, timeouts: 1000 })
