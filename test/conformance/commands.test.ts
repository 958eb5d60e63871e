// Goal: a table of commands behaves alike behind both reactors, for RESP and for lines, and keeps the order of replies.

import { commands, type RespCommand, type RespReply, resp } from '@shiny/codecs'
import * as z from 'zod'
import type { Journal } from './driver/journal.js'
import { Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { start, startLines } from './driver/start.js'

const table = commands<Journal>()({
  add: { args: z.tuple([z.coerce.number(), z.coerce.number()]), run: (_, [a, b]) => a + b },
  echo: { arity: 2, run: (c, command) => c.send(command.bytes(1)) },
  later: {
    args: z.tuple([z.string()]),
    run: async (c, [text]) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      c.app.note(`later ${text}`)
      return text
    }
  },
  fail: {
    arity: 1,
    run: () => {
      throw new Error('no')
    }
  }
})

class Session extends Noted<RespCommand, RespReply> {
  override onMessage(command: RespCommand): void | Promise<void> {
    return table.run(this, command)
  }
}

const chat = commands<Journal, string>()({
  say: { args: z.array(z.string()).min(1), run: (_, words) => words.join(' ') },
  quit: { arity: 1, run: (c) => c.end('bye') }
})

class Lines extends Noted {
  override onMessage(text: string): void | Promise<void> {
    return chat.run(this, text)
  }
}

overReactors((t, reactor) => {
  for (const [name, codec] of [
    ['its names', resp({ names: table.names })],
    ['other names', resp()]
  ] as const) {
    t.test(`a pipeline of RESP, by a codec that knows ${name}`, async (t) => {
      const { connect, journal } = await start(t, reactor, { codec, connection: Session })
      const peer = await connect()
      await peer.write('ADD 1 2\r\n*2\r\n$4\r\nEcho\r\n$1\r\nx\r\nlater a\r\nadd 1\r\nlater b\r\nadd x 1\r\nget k\r\n')
      const wrong = "-ERR wrong number of arguments for 'add' command\r\n"
      const unknown = "-ERR unknown command 'get', with args beginning with: 'k' \r\n"
      const replies = `:3\r\n$1\r\nx\r\n$1\r\na\r\n${wrong}$1\r\nb\r\n-ERR syntax error\r\n${unknown}`
      t.equal(await peer.text(replies.length), replies)
      await peer.write('fail\r\nadd 1 2\r\n')
      t.equal(String(await peer.rest()), '')
      t.equal(await journal.starting('close'), 'close error no')
    })
  }

  t.test('lines', async (t) => {
    const { connect } = await startLines(t, reactor, Lines)
    const peer = await connect()
    await peer.write('say "a  b" c\n\nsay\nSAY d\nquit\nsay e\n')
    t.equal(String(await peer.rest()), "a  b c\nERR wrong number of arguments for 'say' command\nd\nbye\n")
  })
})
