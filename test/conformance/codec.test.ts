import { bytes, line, type RespCommand, type RespReply, resp } from '@shiny/codecs'
import { type ByteWriter, type Codec, Connection, DecodeError } from '@shiny/core'
import { type Asked, frame, frames, insatiable } from './driver/frames.js'
import type { Journal } from './driver/journal.js'
import { codeOf, Noted } from './driver/noted.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { start, startLines } from './driver/start.js'

class Echo extends Noted<string | null> {
  override onMessage(text: string | null): void {
    super.onMessage(text)
    this.send(text)
  }
}

/** Notes what is known of a decoder's error; goes on when it may. */
class Telling extends Echo {
  override onError(error: Error): void | 'continue' {
    if (!(error instanceof DecodeError)) this.app.note(`other ${codeOf(error)}`)
    else {
      this.app.note(`${error.code} at ${error.offset}${error.recoverable ? ', recoverable' : ''}`)
      if (error.recoverable) return 'continue'
    }
  }
}

class Echoing extends Connection<string, string, Journal> {
  override onMessage(text: string): void {
    this.send(text)
  }
}

/** A codec that is an instance of a class, with methods and state of its own. */
class Shouting implements Codec<string> {
  readonly name = 'shouting'
  readonly maxBuffered = 1024
  readonly #lines = line()

  decoder() {
    return this.#lines.decoder()
  }

  encoder() {
    const lines = this.#lines.encoder()
    return { encode: (text: string, dst: ByteWriter) => lines.encode(text.toUpperCase(), dst) }
  }
}

overReactors((t, reactor) => {
  t.test('a codec may be an instance of a class', async (t) => {
    const { connect } = await start(t, reactor, { codec: new Shouting(), connection: Echoing })
    const peer = await connect()
    await peer.write('hello\n')
    t.equal(await peer.line(), 'HELLO')
  })

  t.test('an error of a native framing tells where its frame begins, and ends the connection', async (t) => {
    class Lines extends Noted {
      override onError(error: Error): void {
        this.app.note(`${codeOf(error)} at ${error instanceof DecodeError ? error.offset : 'nowhere'}`)
      }
    }
    const { connect, journal } = await startLines(t, reactor, Lines, { codec: line({ maxLength: 10 }) })
    const peer = await connect()
    await peer.write('ok\nfine\n')
    await journal.until('message fine')
    await peer.write(`good\n${'x'.repeat(30)}\nnever\n`)
    t.equal(await peer.closed(), null)
    await journal.starting('close')
    const code = 'ERR_FRAME_TOO_LONG'
    t.strictSame(journal.entries.slice(1), [
      ...['message ok', 'message fine', 'message good'],
      ...[`${code} at 13`, `close error ${code}`]
    ])
  })

  t.test('a refused request is answered, and the connection closes', async (t) => {
    class Ping extends Connection<RespCommand, RespReply, Journal> {
      override onMessage(command: RespCommand): void {
        this.send(command.name)
      }
      override onError(error: Error): void {
        this.app.note(`${codeOf(error)} at ${error instanceof DecodeError ? error.offset : 'nowhere'}`)
      }
      override onClose(): void {
        this.app.note('close')
      }
    }
    const { connect, journal } = await start(t, reactor, { codec: resp(), connection: Ping })
    const peer = await connect()
    await peer.write('*1\r\n$4\r\nPING\r\n*1\r\nfoo\r\n*1\r\n$4\r\nPING\r\n')
    const answer = (await peer.rest()).toString()
    t.equal(answer, "$4\r\nPING\r\n-ERR Protocol error: expected '$', got 'f'\r\n")
    await peer.closed()
    await journal.until('close')
    t.strictSame(journal.entries, ['ERR_MALFORMED at 14', 'close'])
  })

  t.test('a recoverable error may be passed over; the next message follows at once', async (t) => {
    const { connect, journal } = await start(t, reactor, { codec: frames(), connection: Telling })
    const peer = await connect()
    await peer.write(Buffer.concat(['a', 'bad', 'b', 'bad', 'bad', 'c'].map(frame)))
    t.ok((await peer.bytes(15)).equals(Buffer.concat(['a', 'b', 'c'].map(frame))))
    const refused = (at: number) => `ERR_INVALID_MESSAGE at ${at}, recoverable`
    t.strictSame(journal.entries, [
      'open',
      ...['message a', refused(5)],
      ...['message b', refused(17), refused(24)],
      'message c'
    ])
  })

  t.test('a recoverable error closes the connection where nobody says to go on', async (t) => {
    const { connect, journal } = await start(t, reactor, { codec: frames(), connection: Echo })
    const peer = await connect()
    await peer.write(Buffer.concat(['a', 'bad', 'b'].map(frame)))
    t.ok((await peer.rest()).equals(Buffer.concat(['a', 'refused ERR_INVALID_MESSAGE'].map(frame))))
    await journal.starting('close')
    const code = 'ERR_INVALID_MESSAGE'
    t.strictSame(journal.entries, ['open', 'message a', `error ${code}`, `close error ${code}`])
  })

  t.test('a recoverable error that consumed nothing is none', async (t) => {
    const { connect, journal } = await start(t, reactor, { codec: frames(), connection: Telling })
    const peer = await connect()
    await peer.write(Buffer.concat(['a', 'stuck', 'b'].map(frame)))
    await peer.closed()
    await journal.starting('close')
    t.equal(journal.entries.at(-1), 'close error ERR_INVALID_MESSAGE')
    t.equal(journal.count('message b'), 0)
  })

  t.test('another error of a decoder is ERR_MALFORMED', async (t) => {
    const { connect, journal } = await start(t, reactor, { codec: frames(), connection: Telling })
    const peer = await connect()
    await peer.write(Buffer.concat(['odd', 'b'].map(frame)))
    t.ok((await peer.rest()).equals(frame('refused ERR_MALFORMED')))
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'ERR_MALFORMED at 0', 'close error ERR_MALFORMED'])
  })

  t.test('a handler that answers an error by itself is not talked over', async (t) => {
    class Own extends Echo {
      override onError(error: Error): void {
        this.send(`mine: ${codeOf(error)}`)
      }
    }
    const { connect } = await start(t, reactor, { codec: frames(), connection: Own })
    const peer = await connect()
    await peer.write(frame('odd'))
    t.ok((await peer.rest()).equals(frame('mine: ERR_MALFORMED')))
  })

  t.test('a decoder is not asked before the bytes that it needs are there', async (t) => {
    const asked: Asked = { calls: 0, shortest: Number.POSITIVE_INFINITY }
    const { connect } = await start(t, reactor, { codec: frames(asked), connection: Echo })
    const peer = await connect()
    await peer.write(frame('first'))
    await peer.bytes(9)
    const text = 'x'.repeat(1024 * 1024)
    const before = asked.calls
    const pieces = frame(text)
    for (let at = 0; at < pieces.length; at += 4096) await peer.write(pieces.subarray(at, at + 4096))
    t.ok((await peer.bytes(pieces.length)).equals(pieces))
    t.ok(asked.calls - before <= 4, `${asked.calls - before} calls for 257 pieces`)
  })

  t.test('a message of 20 MiB behind a length', async (t) => {
    const { connect } = await start(t, reactor, { codec: frames(), connection: Quiet })
    const peer = await connect()
    const sent = frame('0123456789abcdef'.repeat(1_310_720))
    void peer.write(Buffer.concat([frame('a'), sent, frame('b')]))
    t.ok((await peer.bytes(sent.length + 10)).equals(Buffer.concat([frame('a'), sent, frame('b')])))
  })

  t.test('more than maxBuffered bytes of one frame are an error', async (t) => {
    class Waiting extends Noted {}
    const { connect, journal } = await start(t, reactor, { codec: insatiable(1000), connection: Waiting })
    const peer = await connect()
    await peer.write('x'.repeat(1000))
    await peer.write('x'.repeat(1000))
    await peer.closed()
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'error ERR_BUFFER_LIMIT', 'close error ERR_BUFFER_LIMIT'])
  })

  t.test('a message made of no bytes is an error, not an endless loop', async (t) => {
    const idle: Codec<string> = { ...insatiable(1000), decoder: () => ({ decode: () => 'out of nothing' }) }
    const { connect, journal } = await start(t, reactor, { codec: idle, connection: Noted })
    const peer = await connect()
    await peer.write('x')
    await peer.closed()
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'error ERR_NO_PROGRESS', 'close error ERR_NO_PROGRESS'])
  })

  t.test('null may be a message', async (t) => {
    const { connect, journal } = await start(t, reactor, { codec: frames(), connection: Echo })
    await (await connect()).write(Buffer.concat([frame(''), frame('b')]))
    await journal.until('message b')
    t.strictSame(journal.entries, ['open', 'message null', 'message b'])
  })

  t.test('a message that cannot be encoded leaves nothing behind, and the connection lives', async (t) => {
    class Failing extends Noted<string | null> {
      override onMessage(): void {
        this.send('before')
        for (const [what, message] of [['small', 'unsendable']] as const) {
          try {
            this.send(message)
          } catch (error) {
            this.app.note(`${what} ${codeOf(error)} ${error instanceof Error}`)
          }
        }
        this.send('after')
      }
    }
    const { connect, journal } = await start(t, reactor, { codec: frames(), connection: Failing })
    const peer = await connect()
    await peer.write(frame('go'))
    const expected = Buffer.concat(['before', 'after'].map(frame))
    t.ok((await peer.bytes(expected.length)).equals(expected))
    t.strictSame(journal.entries, ['open', 'small ERR_MESSAGE_TYPE true'])
  })

  t.test('a message of the wrong type is ERR_MESSAGE_TYPE, and the connection lives', async (t) => {
    class Wrong extends Noted {
      override onMessage(text: string): void {
        for (const message of [42, null, undefined, {}, Symbol('x'), 10n]) {
          t.throws(() => this.send(message as never), { name: 'ShinyError', code: 'ERR_MESSAGE_TYPE' })
        }
        t.throws(() => this.send('two\nlines'), { code: 'ERR_INVALID_MESSAGE' })
        t.throws(() => this.end(42 as never), { code: 'ERR_MESSAGE_TYPE' })
        this.send(text)
      }
    }
    const { connect } = await startLines(t, reactor, Wrong)
    const peer = await connect()
    await peer.write('still here\n')
    t.equal(await peer.line(), 'still here')
  })

  t.test('an encoder that fails in the middle of something larger than the arena', async (t) => {
    const half: Codec<string> = {
      ...line(),
      encoder: () => ({
        encode: (text, dst) => {
          dst.utf8(text)
          if (text.startsWith('bad')) throw new RangeError('half-way')
          dst.u8(10)
        }
      })
    }
    class Large extends Noted {
      override onMessage(): void {
        this.send('first')
        t.throws(() => this.send(`bad${'x'.repeat(3 * 1024 * 1024)}`), {
          code: 'ERR_MESSAGE_TYPE',
          message: 'half-way'
        })
        this.send('second')
      }
    }
    const { connect } = await start(t, reactor, { codec: half, connection: Large })
    const peer = await connect()
    await peer.write('go\n')
    t.equal(await peer.text(13), 'first\nsecond\n')
  })

  t.test('bytes that were handed over are the handler’s for good', async (t) => {
    class Keeping extends Connection<Uint8Array, Uint8Array | string, Journal> {
      readonly #kept: Uint8Array[] = []
      override onMessage(data: Uint8Array): void {
        this.#kept.push(data)
      }
      override onEnd(): void {
        for (const data of this.#kept) this.send(data)
      }
    }
    const { connect } = await start(t, reactor, { codec: bytes(), connection: Keeping })
    const peer = await connect()
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, i) => `${i},`).join(''))
    for (let at = 0; at < sent.length; at += 50_000) await peer.write(sent.subarray(at, at + 50_000))
    peer.end()
    t.ok((await peer.rest()).equals(sent))
  })

  t.test('each connection has a decoder of its own', async (t) => {
    const { connect } = await start(t, reactor, { codec: frames(), connection: Echo })
    const [a, b] = [await connect(), await connect()]
    await a.write(frame('aaaa').subarray(0, 6))
    await b.write(frame('bbbb').subarray(0, 7))
    await a.write(frame('aaaa').subarray(6))
    await b.write(frame('bbbb').subarray(7))
    t.ok((await a.bytes(8)).equals(frame('aaaa')))
    t.ok((await b.bytes(8)).equals(frame('bbbb')))
  })
}, everywhere)

/** Echoes without noting, for messages too large for a journal. */
class Quiet extends Connection<string | null, string | null, Journal> {
  override onMessage(text: string | null): void {
    this.send(text)
  }
}
