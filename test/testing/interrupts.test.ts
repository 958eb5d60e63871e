// The interrupt sweep over every codec in the box: whatever a handler does inside a message, nothing is lost or comes twice.

import { line, type RespCommand, resp } from '@shiny/codecs'
import { CodecFault, verifyInterrupts } from '@shiny/core/testing'
import t from 'tap'
import { showArguments } from '../codecs/support/resp-vectors.js'
import { words } from '../codecs/support/stages.js'

t.test('lines', async (t) => {
  t.strictSame(await verifyInterrupts(line(), 'a\nbc\r\n\nd\n', { send: 'sent' }), { messages: 4, runs: 108 })
})

t.test('requests', async (t) => {
  const show = (command: RespCommand) => showArguments(command)
  const bytes = '*1\r\n$4\r\nPING\r\n\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nset a "b c"\r\n'
  t.match(await verifyInterrupts(resp(), bytes, { show, send: 'OK' }), { messages: 3 })
})

t.test('a stage that keeps messages back must say so, lest an upgrade lose them', async (t) => {
  const forgetful = line().pipe(words(() => false))
  await t.rejects(verifyInterrupts(forgetful, 'a b\nc\n'), CodecFault)
  t.match(await verifyInterrupts(line().pipe(words()), 'a b\nc\n', { send: 'x' }), { messages: 3 })
})
