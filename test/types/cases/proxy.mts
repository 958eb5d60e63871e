// The PROXY header before the messages of any codec, received and sent.

import { line, proxyProtocol } from '@shiny/codecs'
import { Connection, connect, type ProxyFacts, Server } from '@shiny/core'

class Text extends Connection<string> {
  override onMessage(_text: string): void {}
}
class Behind extends Connection<string | ProxyFacts, string> {
  override onMessage(message: string | ProxyFacts): void {
    if (typeof message === 'string') this.send(message)
    else this.send(`${message.source}, version ${message.version}`)
  }
}

// Without a second argument nothing is said of the header; with one, what it returns is a message too, of whatever type.
new Server({ codec: proxyProtocol().then(line()), connection: Text })
new Server({ codec: proxyProtocol().then(line(), ({ source }) => String(source)), connection: Text })
new Server({ codec: proxyProtocol({ maxLength: 536 }).then(line(), (header) => header), connection: Behind })
// @ts-expect-error: is not assignable to type
new Server({ codec: proxyProtocol().then(line(), (header) => header), connection: Text })
// @ts-expect-error: Property 'peer' does not exist on type 'ProxyFacts'
proxyProtocol().then(line(), ({ peer }) => peer)
// @ts-expect-error: Type 'string' is not assignable to type 'number'
proxyProtocol({ maxLength: '536' })

await connect({ port: 1, codec: line(), connection: Text, proxyHeader: { version: 1 } })
// @ts-expect-error: Type '3' is not assignable to type
await connect({ port: 1, codec: line(), connection: Text, proxyHeader: { version: 3 } })
// @ts-expect-error: Object literal may only specify known properties
new Server({ codec: line(), connection: Text, proxyHeader: { version: 1 } })
