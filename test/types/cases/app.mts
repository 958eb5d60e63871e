// `app` reaches the handlers with its type, and is not forgotten.

import { line } from '@shiny/codecs'
import { type Address, Connection, Server } from '@shiny/core'

interface Room {
  readonly members: Set<string>
}

class Member extends Connection<string, string, Room> {
  override onMessage(text: string): void {
    const members: Set<string> = this.app.members
    members.add(text)
    // @ts-expect-error: Property 'guests' does not exist on type 'Room'
    void this.app.guests
  }
}

const codec = line()
const server = new Server({ codec, connection: Member, app: { members: new Set<string>() } })
const members: Set<string> = server.app.members
void members

class Hall implements Room {
  readonly members = new Set<string>()
  readonly doors = 2
}
new Server({ codec, connection: Member, app: new Hall() })

// @ts-expect-error: Property 'app' is missing
new Server({ codec, connection: Member })

// @ts-expect-error: Type 'Set<number>' is not assignable to type 'Set<string>'
new Server({ codec, connection: Member, app: { members: new Set<number>() } })

// @ts-expect-error: Type 'undefined' is not assignable to type 'Room'
new Server({ codec, connection: Member, app: undefined })

class RoomServer extends Server<string, string, Room> {
  protected override createConnection(peer: Address): Member | null {
    return peer.family === 'unix' ? null : new Member()
  }
  protected override onTick(): void {
    for (const connection of this.connections) connection.send(String(this.app.members.size))
    // @ts-expect-error: Argument of type 'number' is not assignable to parameter of type 'string'
    for (const connection of this.connections) connection.send(1)
  }
}
new RoomServer({ codec, connection: Member, app: new Hall() })

class Stranger extends Connection<number> {
  override onMessage(): void {}
}
class WrongServer extends Server<string, string, Room> {
  // @ts-expect-error: Property 'createConnection' in type 'WrongServer' is not assignable to the same property
  protected override createConnection(): Stranger {
    return new Stranger()
  }
}
void WrongServer

class Plain extends Connection<string> {
  override onMessage(text: string): void {
    this.send(text)
  }
}
// A handler that asks for no app fits a server that has one.
new Server<string, string, Room>({ codec, connection: Plain, app: { members: new Set<string>() } })
