import { DecodeError, errorTable, ShinyError } from '@shiny/core'
import * as codec from '@shiny/core/codec'
import t from 'tap'

t.test('a ShinyError says what went wrong, in full or in the words of the table', async (t) => {
  const plain = new ShinyError('ERR_CLOSED')
  t.match(plain, { name: 'ShinyError', code: 'ERR_CLOSED', message: errorTable.ERR_CLOSED, origin: 'server' })
  t.equal(plain.cause, undefined)
  t.notOk('cause' in plain)
  const cause = new Error('why')
  const full = new ShinyError('ERR_SOCKET', 'it failed', {
    origin: 'socket',
    cause,
    errno: 'EIO',
    path: 'p',
    address: 'a'
  })
  t.match(full, { message: 'it failed', origin: 'socket', errno: 'EIO', path: 'p', address: 'a' })
  t.equal(full.cause, cause)
  t.match(full.stack, /^ShinyError: it failed\n/)
})

t.test('a DecodeError is one, with a place in the stream', async (t) => {
  const error = new DecodeError('ERR_MALFORMED', 'not so', { recoverable: true })
  t.ok(error instanceof ShinyError && error instanceof Error)
  t.match(error, { name: 'DecodeError', code: 'ERR_MALFORMED', origin: 'decode', offset: 0, recoverable: true })
  t.equal(new DecodeError('ERR_MALFORMED').recoverable, false)
})

t.test('the table is complete sentences, each code once', async (t) => {
  for (const [code, text] of Object.entries(errorTable)) {
    t.match(code, /^ERR_[A-Z_]+$/)
    t.match(text, /^([A-Z]|listen\(\) ).*\.$/, code)
  }
})

t.test('the sub-path of codecs has the same classes', async (t) => {
  t.equal(codec.ShinyError, ShinyError)
  t.equal(codec.DecodeError, DecodeError)
})
