// Each way to compose codecs: what it makes fits exactly the handlers that it should, and what cannot be put together is refused.

import { binary, bytes, json, lengthPrefixed, line, type RespCommand, type RespReply, resp, text } from '@shiny/codecs'
import {
  type Codec,
  type CodecIn,
  type CodecOut,
  Connection,
  defineConnection,
  either,
  preamble,
  Server
} from '@shiny/core'
import { compose, type Format, NEED_MORE, type Stage } from '@shiny/core/codec'
import * as z from 'zod'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <_ extends true>(): void => {}

class Text extends Connection<string> {
  override onMessage(_text: string): void {}
}
class Id extends Connection<{ id: number }, { ok: boolean }> {
  override onMessage({ id }: { id: number }): void {
    this.send({ ok: id > 0 })
  }
}
const id = z.object({ id: z.number() })
const ok = { in: (message: { id: number }) => message, out: (reply: { ok: boolean }) => reply as unknown }

// ---- of
const requests = lengthPrefixed().of(json(id))
same<Same<CodecIn<typeof requests>, { id: number }>>()
same<Same<CodecOut<typeof requests>, unknown>>()
new Server({ codec: requests, connection: Id })
declare const half: Format<number, string>
const halves = line().of(half)
same<Same<CodecIn<typeof halves>, number>>()
same<Same<CodecOut<typeof halves>, string>>()
// @ts-expect-error: Argument of type 'Framer<string, string>' is not assignable to parameter of type 'Format
lengthPrefixed().of(line())
// @ts-expect-error: Property 'of' does not exist on type 'ComposableCodec<RespCommand, RespReply>'
resp().of(text())
// @ts-expect-error: Property 'of' does not exist on type 'ComposableCodec<string, string>'
line().of(text()).of(binary())

// ---- map, once and again
const mapped = requests.map(ok).map({ in: ({ id }) => id, out: (good: boolean) => ({ ok: good }) })
same<Same<CodecIn<typeof mapped>, number>>()
same<Same<CodecOut<typeof mapped>, boolean>>()
new Server({ codec: requests.map(ok), connection: Id })
// @ts-expect-error: is not assignable to type
new Server({ codec: mapped, connection: Id })
// @ts-expect-error: Property 'out' is missing
line().map({ in: (message) => message })
// @ts-expect-error: Property 'id' does not exist on type 'string'
line().map({ in: (message) => message.id, out: String })

// ---- validated
const checked = lengthPrefixed().of(json()).validated(id)
same<Same<CodecIn<typeof checked>, { id: number }>>()
new Server({ codec: checked, connection: Id })
// @ts-expect-error: is not assignable to type
new Server({ codec: checked, connection: Text })
// @ts-expect-error: is not assignable to parameter of type 'StandardSchema
line().validated((message: string) => message)

// ---- pipe
const words: Stage<string, string, readonly string[], number> = {
  name: 'words',
  decoder: () => ({
    decode: (next) => {
      const message = next()
      return message === NEED_MORE ? NEED_MORE : message.split(' ')
    },
    keeps: () => false
  }),
  encoder: () => ({ encode: (count, emit) => emit(String(count)) })
}
const piped = line().pipe(words)
same<Same<CodecIn<typeof piped>, readonly string[]>>()
same<Same<CodecOut<typeof piped>, number>>()
class Words extends Connection<readonly string[], number> {
  override onMessage(words: readonly string[]): void {
    this.send(words.length)
  }
}
new Server({ codec: piped, connection: Words })
// @ts-expect-error: is not assignable to type
new Server({ codec: piped, connection: Text })
// @ts-expect-error: is not assignable to parameter of type 'Stage<Uint8Array
bytes().pipe(words)
const forgetful: Stage<string, string, string, string> = {
  name: 'forgetful',
  // @ts-expect-error: Property 'length' does not exist on type 'unique symbol'
  decoder: () => ({ decode: (next) => `${next().length}` }),
  encoder: () => ({ encode: (message, emit) => emit(message) })
}
const emitting: Stage<string, string, string, number> = {
  name: 'emitting',
  decoder: () => ({ decode: (next) => next() }),
  // @ts-expect-error: Argument of type 'number' is not assignable to parameter of type 'string'
  encoder: () => ({ encode: (message, emit) => emit(message) })
}
void [forgetful, emitting]

// ---- preamble.then
const version = preamble({
  name: 'version',
  maxLength: 1,
  decode: (src) => (src.length === 0 ? src.need(1) : src.u8(0)),
  encode: (dst) => dst.u8(1)
})
const told = version.then(line(), (header) => header.toFixed())
same<Same<CodecIn<typeof told>, string>>()
same<Same<CodecOut<typeof told>, string>>()
new Server({ codec: version.then(piped), connection: Words })
// @ts-expect-error: is not assignable to type
new Server({ codec: told, connection: Words })
// @ts-expect-error: Property 'trim' does not exist on type 'number'
version.then(line(), (header) => header.trim())
// @ts-expect-error: is not assignable to parameter of type 'Codec
version.then(text())
preamble({
  name: 'wrong',
  maxLength: 1,
  decode: () => true,
  // @ts-expect-error: Argument of type 'string' is not assignable to parameter of type 'number'
  encode: (dst) => dst.u8('1')
})

// ---- either
const both = either((src) => (src.length < 2 ? NEED_MORE : src.u8(0) === 0x2a ? 'resp' : 'text'), {
  resp: resp(),
  text: line()
})
class Both extends Connection<CodecIn<typeof both>, CodecOut<typeof both>> {
  override onMessage(tagged: CodecIn<typeof both>): void {
    if (tagged.codec === 'text') this.send({ codec: 'text', message: tagged.message.trim() })
    else this.send({ codec: 'resp', message: tagged.message.length })
    // @ts-expect-error: Property 'trim' does not exist on type 'RespCommand'
    if (tagged.codec === 'resp') tagged.message.trim()
    // @ts-expect-error: Type 'number' is not assignable to type 'string'
    this.send({ codec: 'text', message: 1 })
    // @ts-expect-error: Type '"http"' is not assignable to type
    this.send({ codec: 'http', message: '' })
  }
}
new Server({ codec: both, connection: Both })
class TextAlone extends Connection<{ codec: 'text'; message: string }> {
  override onMessage(): void {}
}
// @ts-expect-error: is not assignable to type
new Server({ codec: both, connection: TextAlone })
// @ts-expect-error: is not assignable to type
either(() => 'text', { text: text() })
// @ts-expect-error: Property 'of' does not exist on type
both.of(text())

// ---- upgrade, with an app, to what was composed
interface Room {
  readonly members: Set<string>
}
class IdInRoom extends Connection<{ id: number }, { ok: boolean }, Room> {
  override onMessage(): void {}
}
const Defined = defineConnection<string, string, Room>(line(), {
  onMessage: (text, { app }) => void app.members.add(text)
})
const Loose = defineConnection(line(), { onMessage: (text, connection) => void connection.send(text) })
class InRoom extends Connection<string, string, Room> {
  override onMessage(): void {
    const next: IdInRoom = this.upgrade(requests.map(ok), IdInRoom, { leftover: 'forward' })
    this.upgrade(both, Both)
    this.upgrade(line(), Defined).app.members.clear()
    this.upgrade(version.then(line()), Loose)
    // @ts-expect-error: is not assignable to parameter of type 'Handler<number, boolean
    this.upgrade(mapped, IdInRoom)
    // @ts-expect-error: Type 'Uint8Array<ArrayBufferLike>' is not assignable to type 'string'
    this.upgrade(bytes(), Defined)
    void next
  }
}
class Alone extends Connection<string> {
  override onMessage(): void {
    this.upgrade(line(), Loose)
    // @ts-expect-error: the next handler needs an app of type
    this.upgrade(line(), Defined)
    // @ts-expect-error: the next handler needs an app of type
    this.upgrade(requests.map(ok), IdInRoom)
  }
}
void [InRoom, Alone]

// ---- a codec of one's own, composed, stands in for what delivers more and takes less, and never the other way
declare const plain: Codec<1 | 2, number | string>
const own = compose(plain)
const lenient: Codec<number, number> = own
void lenient
// @ts-expect-error: is not assignable to type 'Codec<1, number>'
const narrow: Codec<1, number> = own
// @ts-expect-error: is not assignable to type 'Codec<number, boolean>'
const wide: Codec<number, boolean> = own
void [narrow, wide]
const redis: Codec<RespCommand, RespReply> = resp()
void redis
