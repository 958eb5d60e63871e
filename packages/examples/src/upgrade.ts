/**
 * A protocol that changes in mid-stream, as after STARTTLS: lines until UPGRADE, and frames behind READY. What a peer sent ahead of the
 * change, where nobody may, is refused and never taken for frames.
 *
 *     node packages/examples/dist/upgrade.js --port 9994
 *     printf 'UPGRADE\n\0\5evil!' | nc -N 127.0.0.1 9994
 */
import { lengthPrefixed, line, text } from '@shiny/codecs'
import { Connection, Server, ShinyError } from '@shiny/core'
import { choiceFlag, portFlag, readFlags, textFlag } from './command-line/flags.js'
import { fail, reportFaults, run } from './command-line/program.js'

/** What comes behind READY: texts, each behind its length in two bytes. */
const frames = lengthPrefixed({ bytes: 2, maxLength: 1000 }).of(text())

/** What the connections share. */
interface Policy {
  /** What becomes of bytes that came ahead of READY. */
  readonly leftover: 'reject' | 'forward' | 'drop'
}

/** Before the change. */
class Plain extends Connection<string, string, Policy> {
  override onOpen(): void {
    this.send('Lines are echoed; UPGRADE changes to frames, QUIT ends')
  }

  override onMessage(line: string): void {
    if (line === 'QUIT') this.end('BYE')
    else if (line === 'UPGRADE') {
      // It leaves as a line: what is sent before the change is in the old encoding.
      this.send('READY')
      this.upgrade(frames, Framed, { leftover: this.app.leftover })
    } else this.send(`line: ${line.trimEnd()}`)
  }
}

/** After the change. What Plain knew of the peer is gone, and that is as well: it came by the old protocol. */
class Framed extends Connection<string> {
  override onMessage(frame: string): void {
    if (frame === 'QUIT') this.end('BYE')
    else this.send(`frame: ${frame}`)
  }

  /** The peer sent ahead: the connection closes next, behind the reason. */
  override onError(error: Error): void {
    if (error instanceof ShinyError && error.code === 'ERR_LEFTOVER') this.send(`${error.code}: ${error.message}`)
  }
}

const { port, host, leftover } = readFlags('upgrade', 'Changes from lines to frames, and lets nobody inject any.', {
  port: portFlag(9994, 'TCP port to listen on; 0 lets the system choose'),
  host: textFlag('127.0.0.1', 'ADDRESS', 'address to listen on'),
  leftover: choiceFlag(
    ['reject', 'forward', 'drop'],
    'bytes behind UPGRADE that came ahead of READY: refuse the peer, take them for frames, or forget them'
  )
})

try {
  const server = new Server({
    codec: line({ maxLength: 1000 }),
    connection: Plain,
    app: { leftover },
    timeouts: { idle: 60_000, read: 10_000 }
  })
  reportFaults('upgrade', server)
  await run('upgrade', server, { host, port })
} catch (error) {
  fail('upgrade', error)
}
