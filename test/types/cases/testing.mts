// The kit for tests knows what a codec and a class deliver and take.

import { line, type RespCommand, resp } from '@shiny/codecs'
import { Connection } from '@shiny/core'
import { fuzzTarget, mockConnection, pair, Refusal, script, verifyCodec, verifyInterrupts } from '@shiny/core/testing'

class Echo extends Connection<string> {
  override onMessage(text: string): void {
    this.send(text)
  }
}
class Numbers extends Connection<number> {
  override onMessage(_number: number): void {}
}
class WithApp extends Connection<string, string, { readonly name: string }> {
  override onMessage(_text: string): void {}
}

verifyCodec(line(), { valid: [{ bytes: 'a\n', messages: ['a', new Refusal('ERR_INVALID_MESSAGE')] }] })
// @ts-expect-error: is not assignable to type
verifyCodec(line(), { valid: [{ bytes: 'a\n', messages: [1] }] })
// @ts-expect-error: is not assignable to type
verifyCodec(line(), { sends: [{ message: 1 }] })
verifyCodec(
  resp(),
  { valid: [{ bytes: 'PING\n', messages: ['PING'] }] },
  { show: (command: RespCommand) => command.name }
)

verifyInterrupts(line(), 'a\n', { send: 'a' })
// @ts-expect-error: Type 'number' is not assignable to type 'string'
verifyInterrupts(line(), 'a\n', { send: 1 })
fuzzTarget(line())(new Uint8Array(0))

const mock = mockConnection(Echo, { codec: line() })
mock.receive('a\n').sent satisfies readonly string[]
mock.connection satisfies Echo
// @ts-expect-error: is not assignable to parameter of type
mock.receive(1)
// @ts-expect-error: is not assignable to parameter of type
mockConnection(Numbers, { codec: line() })
mockConnection(WithApp, { codec: line(), app: { name: 'a' } })
// @ts-expect-error: is not assignable to parameter of type
mockConnection(WithApp, { codec: line() })

script(mock).receive('a\n').expect('a')
// @ts-expect-error: is not assignable to parameter of type
script(mock).expect(1)

const both = pair({ codec: line(), connection: Echo }, { codec: line(), connection: WithApp, app: { name: 'a' } })
both.server satisfies Echo
// @ts-expect-error: is not assignable to type
pair({ codec: line(), connection: Numbers }, { codec: line(), connection: Echo })
