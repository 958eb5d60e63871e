// Which endpoint classes a UDP server takes for a format. What follows a directive is what the compiler must say.

import { binary, text } from '@shiny/codecs'
import { type Address, Endpoint, type Format, UdpServer, type UdpStats } from '@shiny/core'

const format = text()

class Plain extends Endpoint<string> {
  override onMessage(text: string, from: Address, local: Address): void {
    const sent: boolean = this.send(text + local.host, from)
    void sent
    // @ts-expect-error: Argument of type 'number' is not assignable to parameter of type 'string'
    this.send(1, from)
    // @ts-expect-error: Expected 2 arguments, but got 1
    this.send(text)
  }
}
const server = new UdpServer({ format, endpoint: Plain })
new UdpServer({ format, endpoint: Plain, app: { anything: true } })
const stats: UdpStats = server.stats()
void stats
// @ts-expect-error: Argument of type 'number' is not assignable to parameter of type 'string'
server.endpoint.send(1, server.addresses[0] as Address)

class Brief extends Endpoint<string> {
  override onMessage(): void {}
}
new UdpServer({ format, endpoint: Brief })

class Asynchronous extends Endpoint<string> {
  override async onMessage(text: string, from: Address): Promise<void> {
    await Promise.resolve()
    this.send(text, from)
  }
}
new UdpServer({ format, endpoint: Asynchronous })

class WiderIn extends Endpoint<string | number, string> {
  override onMessage(message: string | number, from: Address): void {
    this.send(String(message), from)
  }
}
new UdpServer({ format, endpoint: WiderIn })

class NarrowerOut extends Endpoint<string, 'yes' | 'no'> {
  override onMessage(_text: string, from: Address): void {
    this.send('yes', from)
  }
}
new UdpServer({ format, endpoint: NarrowerOut })

class WrongIn extends Endpoint<number, string> {
  override onMessage(): void {}
}
// @ts-expect-error: Type 'typeof WrongIn' is not assignable to type 'EndpointClass<string, string, unknown>'
new UdpServer({ format, endpoint: WrongIn })

class NarrowerIn extends Endpoint<'yes' | 'no', string> {
  override onMessage(): void {}
}
// @ts-expect-error: Type 'typeof NarrowerIn' is not assignable to type 'EndpointClass<string, string, unknown>'
new UdpServer({ format, endpoint: NarrowerIn })

class WiderOut extends Endpoint<string, string | number> {
  override onMessage(_text: string, from: Address): void {
    this.send(1, from)
  }
}
// @ts-expect-error: Type 'typeof WiderOut' is not assignable to type 'EndpointClass<string, string, unknown>'
new UdpServer({ format, endpoint: WiderOut })

class Bytes extends Endpoint<Uint8Array> {
  override onMessage(bytes: Uint8Array, from: Address): void {
    this.send(bytes, from)
  }
}
new UdpServer({ format: binary({ borrow: true }), endpoint: Bytes })
// @ts-expect-error: Type 'typeof Bytes' is not assignable to type 'EndpointClass<string, string, unknown>'
new UdpServer({ format, endpoint: Bytes })

interface Room {
  readonly members: Set<string>
}
class Member extends Endpoint<string, string, Room> {
  override onMessage(_text: string, from: Address): void {
    this.app.members.add(String(from))
  }
}
new UdpServer({ format, endpoint: Member, app: { members: new Set<string>() } })
// @ts-expect-error: Property 'app' is missing
new UdpServer({ format, endpoint: Member })
// @ts-expect-error: Type 'Set<number>' is not assignable to type 'Set<string>'
new UdpServer({ format, endpoint: Member, app: { members: new Set<number>() } })

// @ts-expect-error: Non-abstract class expression does not implement inherited abstract member 'onMessage'
new UdpServer({ format, endpoint: class extends Endpoint<string> {} })

const own: Format<number, string> = {
  name: 'own',
  maxLength: 8,
  decode: (src) => src.length,
  encode: (text, dst) => dst.utf8(text)
}
class Lengths extends Endpoint<number, string> {
  override onMessage(length: number, from: Address): void {
    this.send(String(length), from)
  }
}
new UdpServer({ format: own, endpoint: Lengths })
