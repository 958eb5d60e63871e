// The class that handles a client connection must fit the codec, and its app must be given.

import { line } from '@shiny/codecs'
import { type Codec, Connection, connect } from '@shiny/core'

class Text extends Connection<string> {
  override onMessage(_text: string): void {}
  hello(): void {}
}

class Numbers extends Connection<number> {
  override onMessage(_number: number): void {}
}

class NeedsApp extends Connection<string, string, { readonly name: string }> {
  override onMessage(_text: string): void {}
}

declare const loose: Codec<'a' | 'b', string | number>

const text = await connect({ port: 1, codec: line(), connection: Text })
text.hello()
text.send('fine')
// @ts-expect-error: Argument of type 'number' is not assignable to parameter of type 'string'
text.send(1)

await connect({ port: 1, codec: loose, connection: Text })
// @ts-expect-error: is not assignable to type
await connect({ port: 1, codec: line(), connection: Numbers })
await connect({ port: 1, codec: line(), connection: NeedsApp, app: { name: 'x' } })
// @ts-expect-error: Property 'app' is missing
await connect({ port: 1, codec: line(), connection: NeedsApp })
// @ts-expect-error: Type 'number' is not assignable to type 'string'
await connect({ port: 1, codec: line(), connection: NeedsApp, app: { name: 1 } })
