// A connection class made of an object of hooks behaves as one that was written.

import { line } from '@shiny/codecs'
import { defineConnection } from '@shiny/core'
import type { Journal } from './driver/journal.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { start } from './driver/start.js'

const codec = line()

overReactors((t, reactor) => {
  t.test('every hook is called, with the connection', async (t) => {
    const All = defineConnection<string, string, Journal>(codec, {
      onOpen: (connection) => connection.app.note('open'),
      onMessage(text, connection) {
        connection.app.note(`message ${text}`)
        if (text === 'wake') connection.wake('token')
        else if (text === 'flood') connection.send('x'.repeat(128 * 1024))
        else if (text === 'throw') throw new Error('thrown')
        else connection.send(text)
      },
      onBatchEnd: (connection) => connection.app.note('batch end'),
      onDrain: (connection) => connection.app.note('drain'),
      onEnd: (connection) => connection.app.note('end'),
      onWake: (token, connection) => connection.app.note(`wake ${String(token)}`),
      onError: (error, connection) => connection.app.note(`error ${error.message}`),
      onClose: (reason, connection) => connection.app.note(`close ${reason.by}`)
    })
    const { connect, journal } = await start(t, reactor, { codec, connection: All })
    const peer = await connect()
    await peer.write('wake\n')
    await journal.until('wake token')
    await peer.write('flood\n')
    await peer.bytes(128 * 1024 + 1)
    await journal.until('drain')
    peer.end()
    await journal.until('close peer')
    t.strictSame(journal.entries, [
      ...['open', 'message wake', 'batch end', 'wake token', 'message flood', 'batch end', 'drain'],
      ...['end', 'close peer']
    ])
    const other = await connect()
    await other.write('throw\n')
    await journal.until('close error')
    t.equal(journal.count('error thrown'), 1)
  })

  t.test('a promise of onMessage holds back the next message', async (t) => {
    const Slow = defineConnection<string, string, Journal>(codec, {
      async onMessage(text, connection) {
        connection.app.note(`begin ${text}`)
        await new Promise((resolve) => setImmediate(resolve))
        connection.app.note(`done ${text}`)
        connection.send(text)
      }
    })
    const { connect, journal } = await start(t, reactor, { codec, connection: Slow })
    const peer = await connect()
    await peer.write('a\nb\n')
    t.equal(await peer.line(), 'a')
    t.equal(await peer.line(), 'b')
    t.strictSame(journal.entries, ['begin a', 'done a', 'begin b', 'done b'])
  })
}, everywhere)
