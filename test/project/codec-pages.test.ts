// Goal: each codec of the box has a page, and what the pages say of options, limits and types is so.
// Method: look up the pages by the names that are exported; make codecs with the values that the tables name and with those just beyond; feed
// them messages that are as long as they may be, and one byte longer.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as codecs from '@shiny/codecs'
import * as ofMsgpack from '@shiny/codecs/msgpack'
import { ByteReader, ByteWriter, type Codec, type CodecLimits, type Format, NEED_MORE } from '@shiny/core/codec'
import t from 'tap'
import { compile } from './support/compile.js'
import { rowsOf } from './support/markdown.js'
import { filesIn, read, root } from './support/repository.js'
import { drawingsOf, type Step } from './support/wire.js'

type Options = Readonly<Record<string, unknown>>
type Make = (options?: Options) => Codec<unknown, unknown>

/** Functions that make no codec. */
const others: Readonly<Record<string, string>> = {
  commands: 'makes a table of commands: docs/commands.md',
  excerpt: 'shortens a text for an error message'
}

/** How those are made that take other arguments than options. */
const made: Readonly<Record<string, (options?: Options) => unknown>> = {
  delimited: (options) => codecs.delimited({ delimiter: ';', ...options }),
  fixedLength: () => codecs.fixedLength(3),
  json: () => codecs.json.lines(),
  msgpack: (options) => ofMsgpack.msgpack(undefined, options),
  proxyProtocol: (options) => codecs.proxyProtocol(options).then(codecs.line())
}

/** What is no codec by itself; the facts of these are those of what they are put together with. */
const parts = ['binary', 'json', 'msgpack', 'proxyProtocol', 'text']

/** Errors that need more than bytes: what is buffered for one frame, or limits that change. */
const undrawn: Readonly<Record<string, readonly string[]>> = {
  fixedLength: ['ERR_FRAME_TOO_LONG'],
  resp: ['ERR_BUFFER_LIMIT']
}

const all: Readonly<Record<string, unknown>> = { ...codecs, ...ofMsgpack }
const factories = Object.keys(all).filter((name) => typeof all[name] === 'function' && /^[a-z]/.test(name))
const names = factories.filter((name) => others[name] === undefined)
const pageOf = (name: string) => `docs/codecs/${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.md`
const makerOf = (name: string) => (made[name] ?? all[name]) as Make

t.test('each codec has a page, and each page a codec', async (t) => {
  for (const name of names) t.ok(existsSync(join(root, pageOf(name))), pageOf(name))
  const pages = names.map(pageOf)
  t.strictSame(
    filesIn('docs/codecs', '.md').filter((page) => !pages.includes(page)),
    []
  )
  for (const name of Object.keys(others)) t.ok(factories.includes(name), `${name} is exported`)
})

t.test('each page has what is looked for', async (t) => {
  for (const page of names.map(pageOf)) {
    const text = read(page)
    for (const part of ['```wire', '```ts', '## Options', '## Errors', '## Mistakes'])
      t.ok(text.includes(part), `${page}: ${part}`)
  }
})

t.test('the options of a page are those of the codec, with their values', async (t) => {
  for (const name of names) {
    const rows = optionsIn(pageOf(name))
    const make = makerOf(name)
    if (rows.length === 0) continue
    t.strictSame(rows.map(([option]) => option).sort(), optionsOf(make).sort(), name)
    for (const [option, values] of rows) {
      const { allowed, refused } = samples(values)
      for (const value of allowed) t.doesNotThrow(() => make({ [option]: value }), `${name}: ${option} ${value}`)
      for (const value of refused)
        t.throws(() => make({ [option]: value }), { code: 'ERR_OPTION', path: option }, `${name}: ${option} ${value}`)
    }
  }
})

t.test('the facts of a page are so', async (t) => {
  for (const name of names.filter((name) => !parts.includes(name))) {
    const [, part = ''] = read(pageOf(name)).split('## Facts')
    const facts = new Map(rowsOf(part.split('\n## ')[0] as string).map(([fact, told]) => [fact, told as string]))
    const codec = makerOf(name)()
    t.equal(facts.get('Framed natively')?.startsWith('yes'), codec.native !== undefined, `${name}: native`)
    const [, limits = ''] = /`codec: \{(.*?)\}`/.exec(facts.get('Changed while running') ?? '') ?? []
    t.strictSame((limits.match(/\w+/g) ?? []).sort(), limitsOf(codec), `${name}: limits`)
  }
})

t.test('each error that a page names is in one of its drawings, or nothing of its type can be sent', async (t) => {
  for (const name of names) {
    const page = pageOf(name)
    const drawn = new Set(drawingsOf(page).flatMap(({ steps }) => steps.map(errorOf)))
    const [received, sent] = errorsIn(page)
    const exceptions = undrawn[name] ?? []
    t.strictSame(
      received.filter((code) => !drawn.has(`✗ ${code}`) && !exceptions.includes(code)),
      [],
      `${page}: received`
    )
    t.strictSame(
      sent.filter((code) => code !== 'ERR_MESSAGE_TYPE' && !drawn.has(`← ✗ ${code}`)),
      [],
      `${page}: sent`
    )
    if (!sent.includes('ERR_MESSAGE_TYPE')) continue
    const codec = framed(makerOf(name)())
    t.throws(() => codec.encoder().encode(Symbol('x'), new ByteWriter()), { code: 'ERR_MESSAGE_TYPE' }, page)
  }
})

const [codecRows, formatRows] = ['In | Out | Native', 'In | Out |\n'].map((head) => tableOf('docs/codecs.md', head))

t.test('the table of all codecs has all', async (t) => {
  const listed = [...(codecRows as string[][]), ...(formatRows as string[][])].map(([cell]) => pathIn(cell as string))
  t.strictSame([...new Set(listed)].sort(), names.map((name) => pageOf(name).slice(5)).sort())
})

t.test('and tells their types', async (t) => {
  const lines = [...(codecRows as string[][]), ...(formatRows as string[][])].map(([cell, In, Out], index) => {
    const types = [In, Out].map((type) => codeIn(type as string)).join(', ')
    return `const same${index}: Same<Sides<typeof made${index}>, [${types}]> = true\nconst made${index} = ${codeIn(cell as string)}`
  })
  const named = (codecRows as string[][]).flatMap(
    ([, In, Out]) => `${In} ${Out}`.match(/\b(?:Resp|WebSocket|Http)\w+/g) ?? []
  )
  const types = [...new Set(named)].map((type) => `type ${type}`)
  const code = [
    `import { ${[...names.filter((name) => name !== 'msgpack'), ...types].join(', ')} } from '@shiny/codecs'`,
    "import { msgpack } from '@shiny/codecs/msgpack'",
    "import type { Codec, Format } from '@shiny/core/codec'",
    'type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false',
    'type Sides<T> = T extends Codec<infer I, infer O> ? [I, O] : T extends Format<infer I, infer O> ? [I, O] : never',
    ...lines
  ]
  t.strictSame(compile([{ file: 'docs/codecs.md', line: 1, language: 'ts', code: code.join('\n') }]), [])
})

for (const [cell, , , native, longest, tooLong, limits] of codecRows as string[][]) {
  const name = /^\w+/.exec(codeIn(cell as string))?.[0] as string
  t.test(`what the table says of ${name}`, async (t) => {
    const make = makerOf(name)
    const codec = make()
    t.equal(codec.native === undefined ? 'no' : 'yes', native, 'native')
    if (name !== 'json')
      t.equal(tooLong?.includes('oversize') ?? false, optionsOf(make).includes('oversize'), 'oversize')
    t.strictSame(limitsOf(codec), [...(limits as string).matchAll(/`(\w+)`/g)].map(([, one]) => one).sort(), 'limits')
    if (longest === '–') return
    const most = integer(longest as string) as number
    t.not(refusalOf(codec, frameOf(name, most)), 'ERR_FRAME_TOO_LONG', 'the longest')
    t.equal(refusalOf(codec, frameOf(name, most + 1)), 'ERR_FRAME_TOO_LONG', 'one byte more')
  })
}

/** The table under the head that has `head` in it, without the head. */
function tableOf(file: string, head: string): string[][] {
  const text = read(file)
  const start = text.lastIndexOf('\n|', text.indexOf(head))
  return rowsOf(text.slice(start + 1, text.indexOf('\n\n', start + 1))).slice(1)
}

/** The rows of a page's table of options: name, and what its values may be. */
function optionsIn(page: string): [option: string, values: string][] {
  const [, part = ''] = read(page).split('## Options')
  const [table = ''] = part.slice(part.indexOf('| Option |')).split('\n\n')
  return part.includes('| Option |')
    ? rowsOf(table)
        .slice(1)
        .map(([option, values]) => [codeIn(option as string), values as string])
    : []
}

/** The options that a codec has, by what it says of one that it has not; none where it takes no options. */
function optionsOf(make: Make): string[] {
  try {
    make({ bogus: 1 })
  } catch (error) {
    return /expected one of (.*)$/.exec((error as Error).message)?.[1]?.split(', ') ?? []
  }
  return []
}

/** The limits that a connection may be given, by what a decoder says of one that it has not. */
function limitsOf(codec: Codec<unknown, unknown>): string[] {
  const decoder = codec.decoder()
  if (decoder.setLimits === undefined) return []
  try {
    decoder.setLimits({ bogus: 1 })
  } catch (error) {
    const limits = [...(error as Error).message.matchAll(/\bmax\w+/g)].map(([one]) => one)
    for (const limit of limits) decoder.setLimits({ [limit]: 100 } as CodecLimits)
    return limits.sort()
  }
  return ['bogus is taken']
}

/** Values that an option may have, and some that it may not, by what a table says. */
function samples(values: string): { allowed: unknown[]; refused: unknown[] } {
  const [, low, high] = /^([\d,−]+) to ([\d,]+)$/.exec(values) ?? []
  if (low !== undefined && high !== undefined) {
    const [least, most] = [integer(low) as number, integer(high) as number]
    return { allowed: [least, most], refused: [least - 1, most + 1, least + 0.5, String(least), null] }
  }
  const numbers = /^(\d+(?:, \d+)*) or (\d+)$/.exec(values)
  if (numbers !== null) {
    const allowed = values.match(/\d+/g)?.map(Number) as number[]
    return { allowed, refused: Array.from({ length: 10 }, (_, i) => i).filter((one) => !allowed.includes(one)) }
  }
  const choices = [...values.matchAll(/`([^`]+)`/g)].map(([, one]) =>
    JSON.parse(/^(true|false)$/.test(one as string) ? (one as string) : `"${one}"`)
  )
  return choices.length === 0 ? { allowed: [], refused: [] } : { allowed: choices, refused: ['bogus', 1, null] }
}

/** The codes that the tables of a page's errors name: of what is received, and of what is sent. */
function errorsIn(page: string): [received: string[], sent: string[]] {
  const [, part = ''] = read(page).split('## Errors')
  const tables = (part.split('\n## ')[0] as string).split('\n\n').filter((text) => text.startsWith('|'))
  const codes = (sending: boolean) =>
    tables
      .filter((table) => table.startsWith('| What is sent') === sending)
      .flatMap((table) => table.match(/ERR_\w+/g) ?? [])
  return [[...new Set(codes(false))], [...new Set(codes(true))]]
}

/** How a step of a drawing ends in an error. */
function errorOf({ mark, promise, refusal }: Step): string {
  if (mark === '← ✗') return `← ✗ ${refusal}`
  return /✗|…/.test(mark) ? `✗ ${promise}` : ''
}

/** A format in frames, a codec as it is. */
function framed(made: unknown): Codec<unknown, unknown> {
  return 'encoder' in (made as object) ? (made as Codec<unknown>) : codecs.lengthPrefixed().of(made as Format<unknown>)
}

/** The beginning of a frame of `length` bytes, as much as the codec needs to judge it; whole for those that count nothing. */
function frameOf(name: string, length: number): Uint8Array {
  if (name.startsWith('resp')) return Buffer.from(`${name === 'resp' ? '*1\r\n' : ''}$${length}\r\n`)
  if (name === 'webSocket')
    return Uint8Array.from([0x82, 0xff, 0, 0, 0, 0, ...Buffer.from(length.toString(16).padStart(8, '0'), 'hex')])
  if (name.startsWith('http')) return Buffer.alloc(length, 'x')
  if (name === 'line' || name === 'json') return Buffer.from(`${'1'.repeat(length)}\n`)
  const writer = new ByteWriter()
  writer.begin()
  makerOf(name)({ maxLength: length }).encoder().encode(new Uint8Array(length).fill(0x61), writer)
  return writer.toBytes()
}

/** The code of the error that the bytes are refused with, or undefined. */
function refusalOf(codec: Codec<unknown, unknown>, bytes: Uint8Array): string | undefined {
  const reader = new ByteReader()
  reader.reset(Buffer.from(bytes) as never, 0, bytes.length)
  try {
    const message = codec.decoder().decode(reader)
    return message === NEED_MORE && bytes.length > 100 ? 'NEED_MORE' : undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}

function integer(text: string): number | undefined {
  const digits = /^(−?)(\d{1,3}(?:,\d{3})*)$/.exec(text)
  return digits === null ? undefined : Number(digits[2]?.replaceAll(',', '')) * (digits[1] === '' ? 1 : -1)
}

/** What stands between the first backticks, a bar of a union as it is meant. */
function codeIn(cell: string): string {
  return (/`([^`]+)`/.exec(cell)?.[1] ?? '').replaceAll('\\|', '|')
}

function pathIn(cell: string): string {
  return /\(((?:[^()]|\([^()]*\))*\.md)\)/.exec(cell)?.[1] ?? ''
}
