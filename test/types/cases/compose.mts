// Composed codecs say what they deliver and what they take.

import { line } from '@shiny/codecs'
import { Connection, either, type Format, framer, preamble, Server } from '@shiny/core'
import type { Framing, Stage } from '@shiny/core/codec'
import * as z from 'zod'

class Numbers extends Connection<number> {
  override onMessage(_number: number): void {}
}
class Text extends Connection<string> {
  override onMessage(_text: string): void {}
}

const numbers = line().map({ in: Number, out: (number: number) => String(number) })
new Server({ codec: numbers, connection: Numbers })
// @ts-expect-error: is not assignable to type
new Server({ codec: numbers, connection: Text })
// @ts-expect-error: Type 'number' is not assignable to type 'string'
line().map({ in: Number, out: (number: number) => number })

const points = numbers.validated(z.number().transform((value) => ({ value })))
class Points extends Connection<{ value: number }, number> {
  override onMessage(point: { value: number }): void {
    this.send(point.value)
  }
}
new Server({ codec: points, connection: Points })
// @ts-expect-error: is not assignable to type
new Server({ codec: points, connection: Numbers })

declare const pairs: Stage<string, string, [string, string], [string, string]>
const paired = line().pipe(pairs)
class Pairs extends Connection<[string, string]> {
  override onMessage([_first, _second]: [string, string]): void {}
}
new Server({ codec: paired, connection: Pairs })
// @ts-expect-error: is not assignable to parameter of type
numbers.pipe(pairs)

declare const framing: Framing
declare const json: Format<{ id: number }, { ok: boolean }>
class Json extends Connection<{ id: number }, { ok: boolean }> {
  override onMessage({ id }: { id: number }): void {
    this.send({ ok: id > 0 })
  }
}
new Server({ codec: framer(framing, line()).of(json), connection: Json })
// @ts-expect-error: is not assignable to type
new Server({ codec: framer(framing, line()).of(json), connection: Text })

const magic = preamble({ name: 'magic', maxLength: 4, decode: (src) => src.u32(0) })
new Server({ codec: magic.then(line(), (version) => version.toFixed()), connection: Text })
// @ts-expect-error: is not assignable to type
new Server({ codec: magic.then(line(), (version) => version), connection: Text })

const both = either((src) => (src.u8(0) === 0x7b ? 'numbers' : 'text'), { text: line(), numbers })
class Both extends Connection<
  { codec: 'text'; message: string } | { codec: 'numbers'; message: number },
  { codec: 'text'; message: string }
> {
  override onMessage(tagged: { codec: 'text'; message: string } | { codec: 'numbers'; message: number }): void {
    this.send({ codec: 'text', message: String(tagged.message) })
  }
}
new Server({ codec: both, connection: Both })
// @ts-expect-error: is not assignable to type
either(() => 'neither', { text: line() })
