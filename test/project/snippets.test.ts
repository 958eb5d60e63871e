// Goal: the servers that the documents show first do what is said of them, and so do the codecs that they write.
// Method: run the servers as they stand, on a port of the system's choice, and talk to them as with nc; have the codecs verified.

import { pathToFileURL } from 'node:url'
import type { Codec } from '@shiny/core/codec'
import { type CodecVectors, Refusal, verifyCodec } from '@shiny/core/testing'
import { framer } from '@shiny/native'
import t from 'tap'
import { nativeUnavailable } from '../codecs/support/native.js'
import { snippetsOf } from './support/markdown.js'
import { Caller, moduleOf, Program } from './support/program.js'

t.test('the server at the top of the README', async (t) => {
  const { code } = first('README.md', 'class Echo')
  t.equal(code.split('\n').length, 12, 'it has twelve lines')

  const program = new Program('echo', code)
  t.teardown(() => program.child.kill())
  const [, port] = /^(?:epoll|kqueue|node:net) listens on \S+:(\d+)$/.exec(await program.line()) ?? []
  const caller = new Caller(Number(port))
  caller.say('hello')
  caller.say('quit')
  t.strictSame([await caller.hear(), await caller.hear(), await caller.hear()], ['hello', 'bye', '(end)'])
})

t.test('the chat server of Getting started', async (t) => {
  const program = new Program('chat', first('docs/getting-started.md', 'class Room').code)
  t.teardown(() => program.child.kill())
  const [, port] = /^listening on 127\.0\.0\.1:(\d+)$/.exec(await program.line()) ?? []

  const ann = new Caller(Number(port))
  t.equal(await ann.hear(), 'What is your name?')
  ann.say('Ann')
  t.equal(await ann.hear(), '* Ann has come in')

  const bob = new Caller(Number(port))
  bob.say('Bob')
  t.strictSame([await bob.hear(), await bob.hear()], ['What is your name?', '* Bob has come in'])
  t.equal(await ann.hear(), '* Bob has come in')
  ann.say('hello')
  t.equal(await bob.hear(), 'Ann: hello')
  t.equal(await ann.hear(), 'Ann: hello')

  bob.say('/quit')
  t.strictSame([await bob.hear(), await bob.hear()], ['Bye.', '(end)'])
  t.equal(await ann.hear(), '* Bob has left')
  t.equal(await program.stop('SIGINT'), 0)
  t.equal(await ann.hear(), '(end)')
})

t.test("the codec of one's own in Codecs, with its vectors", async (t) => {
  const program = new Program('tagged', first('docs/codecs.md', 'class TaggedDecoder').code)
  t.match(await program.line(), /^5 vectors, \d{3,} splits, nothing found$/)
  t.equal(await program.line(), '(end)')
})

t.test('the same as a format, which is framed natively', async (t) => {
  const hi = { tag: 7, value: 'hi' }
  const report = await verified('tagged-format', 'const format: Format<Tagged>', 'tagged', {
    valid: [
      { bytes: '\x07\0\x02hi', messages: [hi] },
      { bytes: '\0\0\x02no\x07\0\x02hi', messages: [new Refusal('ERR_INVALID_MESSAGE'), hi] }
    ],
    invalid: [{ bytes: '\x07\0\x02hi\x07\x10\x01', before: [hi], code: 'ERR_FRAME_TOO_LONG', offset: 5 }],
    eof: [{ bytes: '\x07\0\x02h', code: 'ERR_TRUNCATED' }],
    unsendable: [{ tag: 7, value: 'x'.repeat(4097) }]
  })
  t.equal(report.native, nativeUnavailable() === false)
})

t.test('the framer with a plan that exists', async (t) => {
  const report = await verified('stx-etx', 'const stxEtx', 'codec', {
    valid: [{ bytes: '\x02hi\x03\x02\x03', messages: ['hi', ''] }],
    invalid: [
      { bytes: '\x02a\x03\x03', before: ['a'], code: 'ERR_MALFORMED', offset: 3 },
      { bytes: 'a\x03', code: 'ERR_MALFORMED', offset: 0 },
      { bytes: `\x02${'x'.repeat(1001)}`, code: 'ERR_FRAME_TOO_LONG', offset: 0 }
    ],
    eof: [{ bytes: '\x02hi', code: 'ERR_TRUNCATED' }],
    sends: [{ message: 'x'.repeat(1000) }],
    unsendable: ['a\x03', 'x'.repeat(1001)]
  })
  t.equal(report.native, nativeUnavailable() === false)
})

/** Verifies a codec that a snippet of Codecs exports. */
async function verified(file: string, part: string, name: string, vectors: CodecVectors<unknown, unknown>) {
  const module = await import(pathToFileURL(moduleOf(file, first('docs/codecs.md', part).code)).href)
  const codec = (module as Record<string, Codec<unknown, unknown>>)[name] as Codec<unknown, unknown>
  return verifyCodec(codec, vectors, nativeUnavailable() === false ? { framer } : {})
}

/** The first snippet of a document that has `part` in it. */
function first(file: string, part: string): { code: string } {
  const found = snippetsOf(file).find(({ code }) => code.includes(part))
  if (found === undefined) throw new Error(`${file} has no snippet with "${part}"`)
  return found
}
