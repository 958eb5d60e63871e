// Framers and formats say what their codecs deliver and take.

import { binary, delimited, fixedLength, json, lengthPrefixed, line, text } from '@shiny/codecs'
import { msgpack } from '@shiny/codecs/msgpack'
import {
  type Address,
  type CodecIn,
  type CodecOut,
  Connection,
  Endpoint,
  type Format,
  Server,
  UdpServer
} from '@shiny/core'
import * as z from 'zod'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <_ extends true>(): void => {}

const framed = lengthPrefixed()
same<Same<CodecIn<typeof framed>, Uint8Array>>()
same<Same<CodecOut<typeof framed>, Uint8Array | string>>()
const texts = framed.of(text())
same<Same<CodecIn<typeof texts>, string>>()
same<Same<CodecOut<typeof texts>, string>>()

class Text extends Connection<string> {
  override onMessage(_text: string): void {}
}
new Server({ codec: texts, connection: Text })
new Server({ codec: line().of(text({ encoding: 'latin1' })), connection: Text })
// @ts-expect-error: is not assignable to type
new Server({ codec: fixedLength(3), connection: Text })
// @ts-expect-error: is not assignable to type
new Server({ codec: delimited({ delimiter: ';' }).of(binary()), connection: Text })

// @ts-expect-error: Expected 1 arguments, but got 0
delimited()
// @ts-expect-error: Property 'delimiter' is missing
delimited({})
// @ts-expect-error: Expected 1 arguments, but got 0
fixedLength()
// @ts-expect-error: Type '5' is not assignable to type
lengthPrefixed({ bytes: 5 })

const point = z.object({ x: z.coerce.number() })
class Points extends Connection<{ x: number }, unknown> {
  override onMessage({ x }: { x: number }): void {
    this.send({ anything: x })
  }
}
new Server({ codec: json.lines(point), connection: Points })
new Server({ codec: json.lines(point, { maxLength: 1000 }), connection: Points })
new Server({ codec: lengthPrefixed().of(json(point)), connection: Points })
new Server({ codec: lengthPrefixed().of(msgpack(point)), connection: Points })
// @ts-expect-error: is not assignable to type
new Server({ codec: lengthPrefixed().of(json()), connection: Points })
// @ts-expect-error: is not assignable to type
new Server({ codec: json.lines(point), connection: Text })

const unknowns: Format<unknown> = json()
void unknowns
class Datagrams extends Endpoint<{ x: number }, unknown> {
  override onMessage(message: { x: number }, from: Address): void {
    this.send(message, from)
  }
}
new UdpServer({ format: json(point), endpoint: Datagrams })
new UdpServer({ format: msgpack(point), endpoint: Datagrams })
// @ts-expect-error: is not assignable to type
new UdpServer({ format: text(), endpoint: Datagrams })
