// Goal: a stage that makes several messages of one is paused, and ends, as any codec.

import { line } from '@shiny/codecs'
import { words } from '../codecs/support/stages.js'
import { Noted } from './driver/noted.js'
import { everywhere, overReactors } from './driver/reactors.js'
import { start } from './driver/start.js'

overReactors((t, reactor) => {
  t.test('each message of a line is one, in order', async (t) => {
    const { connect, journal } = await start(t, reactor, { codec: line().pipe(words()), connection: Noted })
    const peer = await connect()
    peer.end('one two three\nfour\n')
    await journal.starting('close')
    const messages = ['one', 'two', 'three', 'four'].map((word) => `message ${word}`)
    t.strictSame(journal.entries, ['open', ...messages, 'end', 'close peer'])
  })

  t.test('one of several that is refused costs itself alone', async (t) => {
    const strict = (word: string) => {
      if (word.startsWith('!')) throw new Error('no exclamations')
      return word
    }
    class Going extends Noted {
      override onError(error: Error): 'continue' {
        super.onError(error)
        return 'continue'
      }
    }
    const codec = line()
      .pipe(words())
      .map({ in: strict, out: (word: string) => word })
    const { connect, journal } = await start(t, reactor, { codec, connection: Going })
    ;(await connect()).end('one !two three\n!four\nfive !six\n')
    await journal.starting('close')
    const error = 'error ERR_INVALID_MESSAGE'
    const messages = ['message one', error, 'message three', error, 'message five', error]
    t.strictSame(journal.entries, ['open', ...messages, 'end', 'close peer'])
  })

  t.test('a pause holds back those of a line that is consumed already', async (t) => {
    class Pausing extends Noted {
      override onMessage(word: string): void {
        super.onMessage(word)
        this.pause()
        setImmediate(() => {
          this.app.note('resume')
          this.resume()
        })
      }
    }
    const { connect, journal } = await start(t, reactor, { codec: line().pipe(words()), connection: Pausing })
    const peer = await connect()
    peer.end('one two three\n')
    await journal.starting('close')
    t.strictSame(journal.entries, [
      'open',
      'message one',
      'resume',
      'message two',
      'resume',
      'message three',
      'resume',
      'end',
      'close peer'
    ])
  })

  t.test('the next of them waits for a promise', async (t) => {
    class Slow extends Noted {
      override async onMessage(word: string): Promise<void> {
        super.onMessage(word)
        await new Promise((resolve) => setImmediate(resolve))
        this.app.note(`done ${word}`)
      }
    }
    const { connect, journal } = await start(t, reactor, { codec: line().pipe(words()), connection: Slow })
    const peer = await connect()
    peer.end('one two\n')
    await journal.starting('close')
    t.strictSame(journal.entries, ['open', 'message one', 'done one', 'message two', 'done two', 'end', 'close peer'])
  })
}, everywhere)
