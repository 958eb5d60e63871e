// Where a refused frame begins is the same on either reactor and however the bytes come: what was dropped before it is no part of it.

import { line, resp } from '@shiny/codecs'
import { DecodeError } from '@shiny/core'
import { codeOf, Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { start } from './driver/start.js'

/** Notes where errors are; goes on when it may. */
class Telling extends Noted<unknown, string> {
  override onMessage(): void {}

  override onError(error: Error): void | 'continue' {
    if (!(error instanceof DecodeError)) return
    this.app.note(`${codeOf(error)} at ${error.offset}`)
    if (error.recoverable) return 'continue'
  }
}

overReactors((t, reactor) => {
  t.test('empty requests are no part of the one that is refused', async (t) => {
    for (const pieces of [['\r\n*0\r\n*x\r\n'], ['\r\n*0', '\r\n*x\r\n'], ['\r\n', '*0\r\n', '*x\r\n']]) {
      const { connect, journal } = await start(t, reactor, { codec: resp(), connection: Telling })
      const peer = await connect()
      for (const piece of pieces) await peer.write(piece)
      await journal.until('ERR_MALFORMED at 6')
    }
  })

  t.test('nor is the rest of a line that was dropped', async (t) => {
    const codec = line({ maxLength: 5, oversize: 'skip' })
    for (const pieces of [
      ['1234567890\n1234567\n'],
      ['1234567', '890\n1234567\n'],
      ['1234567', '890\n', '1234567\n']
    ]) {
      const { connect, journal } = await start(t, reactor, { codec: codec, connection: Telling })
      const peer = await connect()
      for (const piece of pieces) await peer.write(piece)
      await journal.until('ERR_FRAME_TOO_LONG at 11')
    }
  })
})
