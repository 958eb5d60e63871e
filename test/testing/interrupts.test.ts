// The interrupt sweep over every codec in the box: whatever a handler does inside a message, nothing is lost or comes twice.

import { line, type RespCommand, resp } from '@shiny/codecs'
import { compose, NEED_MORE } from '@shiny/core/codec'
import { CodecFault, verifyInterrupts } from '@shiny/core/testing'
import t from 'tap'
import { showArguments } from '../codecs/support/resp-vectors.js'

t.test('lines', async (t) => {
  t.strictSame(await verifyInterrupts(line(), 'a\nbc\r\n\nd\n', { send: 'sent' }), { messages: 4, runs: 108 })
})

t.test('requests', async (t) => {
  const show = (command: RespCommand) => showArguments(command)
  const bytes = '*1\r\n$4\r\nPING\r\n\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nset a "b c"\r\n'
  t.match(await verifyInterrupts(resp(), bytes, { show, send: 'OK' }), { messages: 3 })
})

t.test('a stage that keeps messages back must say so, lest an upgrade lose them', async (t) => {
  const words = (keeps: (left: readonly string[]) => boolean) =>
    compose(line()).pipe({
      name: 'words',
      decoder: () => {
        let words: string[] = []
        return {
          decode: (next) => {
            if (words.length === 0) {
              const message = next()
              if (message === NEED_MORE) return NEED_MORE
              words = message.split(' ')
            }
            return words.shift() as string
          },
          pending: () => words.length > 0,
          keeps: () => keeps(words)
        }
      },
      encoder: () => ({ encode: (message: string, emit) => emit(message) })
    })
  await t.rejects(
    verifyInterrupts(
      words(() => false),
      'a b\nc\n'
    ),
    CodecFault
  )
  t.match(
    await verifyInterrupts(
      words((left) => left.length > 0),
      'a b\nc\n',
      { send: 'x' }
    ),
    { messages: 3 }
  )
})
