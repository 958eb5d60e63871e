// defineConnection: the codec gives every type, and no parameter needs an annotation.

import { bytes, line } from '@shiny/codecs'
import { type CloseReason, type Connection, defineConnection, Server } from '@shiny/core'

const codec = line()
const Echo = defineConnection(codec, {
  onMessage(text, connection) {
    const length: number = text.length
    connection.send(text.slice(0, length))
  },
  onClose(reason) {
    const why: CloseReason = reason
    void why
  }
})
new Server({ codec, connection: Echo })

// @ts-expect-error: Types of parameters 'message' and 'message' are incompatible
new Server({ codec: bytes(), connection: Echo })

defineConnection(codec, {
  onMessage(text, connection) {
    // @ts-expect-error: Argument of type 'number' is not assignable to parameter of type 'string'
    connection.send(text.length)
  }
})

// @ts-expect-error: Property 'onMessage' is missing
defineConnection(codec, {})

// @ts-expect-error: 'onMesage' does not exist in type
defineConnection(codec, { onMessage() {}, onMesage() {} })

interface Room {
  readonly members: Set<Connection<string, string, Room>>
}
const Member = defineConnection<string, string, Room>(codec, {
  onOpen: (connection) => void connection.app.members.add(connection),
  onMessage(text, connection) {
    for (const member of connection.app.members) member.send(text)
  }
})
const room: Room = { members: new Set() }
new Server({ codec, connection: Member, app: room })

// @ts-expect-error: Property 'app' is missing
new Server({ codec, connection: Member })

// Hooks answer what hooks may answer, and asynchronous ones may wait.
defineConnection(codec, {
  async onOpen(connection) {
    await Promise.resolve()
    connection.send('hello')
  },
  onMessage: async () => {},
  onError: (error) => (error.message === 'bad' ? 'continue' : undefined)
})
// @ts-expect-error: Type '"go on"' is not assignable to type 'void | "continue"'
defineConnection(codec, { onMessage() {}, onError: () => 'go on' })
// @ts-expect-error: Type 'string' is not assignable to type 'void | Promise<void>'
defineConnection(codec, { onMessage: (text) => text })

// It gives the types of composed codecs too.
const counted = codec.map({ in: (text) => text.length, out: (many: boolean) => String(many) })
const Counted = defineConnection(counted, {
  onMessage(length, connection) {
    connection.send(length > 1)
    // @ts-expect-error: Argument of type 'number' is not assignable to parameter of type 'boolean'
    connection.send(length)
  }
})
new Server({ codec: counted, connection: Counted })
// @ts-expect-error: Type 'string' is not assignable to type 'number'
new Server({ codec, connection: Counted })
