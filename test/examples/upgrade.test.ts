// Goal: the example changes its protocol wherever the bytes are cut, and takes nothing for frames that was sent ahead, unless it is told to.
// Method: raw bytes in one write, in two at every place, and one by one; a client that upgrades as well; and nc.

import { spawnSync } from 'node:child_process'
import { lengthPrefixed, line, text } from '@shiny/codecs'
import { Connection, connect } from '@shiny/core'
import t, { type Test } from 'tap'
import { portIn, startExample } from './support/program.js'
import { dial, type Wire } from './support/wire.js'

const noNc = spawnSync('nc', ['-h']).error === undefined ? {} : { skip: 'nc is not installed' }
const GREETING = 'Lines are echoed; UPGRADE changes to frames, QUIT ends\n'

async function start(t: Test, ...flags: string[]): Promise<number> {
  return portIn(await startExample(t, 'upgrade', '--port', '0', ...flags).line())
}

async function greeted(t: Test, port: number): Promise<Wire> {
  const wire = await dial(t, port)
  t.equal(await wire.line(), GREETING)
  return wire
}

function frame(content: string): string {
  return String.fromCharCode(content.length >> 8, content.length & 0xff) + content
}

/** Sends each byte when the system has taken the last one. */
async function writeSlowly(wire: Wire, bytes: string): Promise<void> {
  for (const byte of bytes) {
    wire.write(byte)
    await wire.sent()
  }
}

for (const leftover of ['reject', 'forward', 'drop']) {
  t.test(`${leftover}: a peer that waits for READY is served`, async (t) => {
    const port = await start(t, '--leftover', leftover)
    for (const write of [async (wire: Wire, bytes: string) => wire.write(bytes), writeSlowly]) {
      const wire = await greeted(t, port)
      await write(wire, 'hello\r\nUPGRADE\n')
      t.equal(await wire.read(18), 'line: hello\nREADY\n')
      await write(wire, frame('hello') + frame('') + frame('UPGRADE\n'))
      const answers = frame('frame: hello') + frame('frame: ') + frame('frame: UPGRADE\n')
      t.equal(await wire.read(answers.length), answers)
      await write(wire, frame('QUIT'))
      t.equal(await wire.rest(), frame('BYE'))
    }
  })
}

for (const ahead of [
  frame('evil'),
  frame('evil').slice(0, 3),
  '\0',
  'QUIT\n',
  'UPGRADE\n',
  frame('evil').repeat(1000)
]) {
  const bytes = `${ahead.length} bytes, ${JSON.stringify(ahead.slice(0, 8))}`
  t.test(`reject: what comes in one piece with UPGRADE is refused: ${bytes}`, async (t) => {
    const wire = await greeted(t, await start(t))
    wire.write(`UPGRADE\n${ahead}`)
    t.equal(await wire.line(), 'READY\n')
    const answer = await wire.rest()
    t.match(answer.slice(2), /^ERR_LEFTOVER: the peer sent \d+ bytes ahead of the change of protocol$/)
    t.equal(answer, frame(answer.slice(2)), 'one frame, and the end: none of it was echoed')
  })
}

t.test('forward: what comes ahead is taken for frames, wherever the bytes are cut', async (t) => {
  const port = await start(t, '--leftover', 'forward')
  const bytes = `hi\nUPGRADE\n${frame('a')}${frame('QUIT')}${frame('never')}`
  const expected = `line: hi\nREADY\n${frame('frame: a')}${frame('BYE')}`
  for (let cut = 0; cut <= bytes.length; cut++) {
    const wire = await greeted(t, port)
    wire.write(bytes.slice(0, cut))
    await wire.sent()
    wire.write(bytes.slice(cut))
    t.equal(await wire.rest(), expected, `cut at ${cut}`)
  }
  const wire = await greeted(t, port)
  await writeSlowly(wire, bytes.slice(0, -7))
  t.equal(await wire.rest(), expected, 'byte by byte')
})

t.test('drop: what comes in one piece with UPGRADE is forgotten', async (t) => {
  const wire = await greeted(t, await start(t, '--leftover', 'drop'))
  wire.write(`UPGRADE\n${frame('evil')}`)
  t.equal(await wire.line(), 'READY\n')
  wire.write(frame('good') + frame('QUIT'))
  t.equal(await wire.rest(), frame('frame: good') + frame('BYE'))
})

t.test('a client that upgrades too', async (t) => {
  const port = await start(t)
  const heard: string[] = []
  let closed = () => {}
  const done = new Promise<void>((resolve) => {
    closed = resolve
  })
  class FramedCaller extends Connection<string> {
    override onOpen(): void {
      this.send('hello')
    }
    override onMessage(frame: string): void {
      heard.push(frame)
      if (frame !== 'BYE') this.send('QUIT')
    }
    override onClose(): void {
      closed()
    }
  }
  class PlainCaller extends Connection<string> {
    override onOpen(): void {
      this.send('UPGRADE')
    }
    override onMessage(line: string): void {
      heard.push(line)
      if (line === 'READY') this.upgrade(lengthPrefixed({ bytes: 2 }).of(text()), FramedCaller)
    }
  }
  await connect({ port, host: '127.0.0.1', codec: line(), connection: PlainCaller })
  await done
  t.strictSame(heard, [GREETING.trimEnd(), 'READY', 'frame: hello', 'BYE'])
})

t.test('an attack by nc', noNc, async (t) => {
  const port = await start(t)
  const { stdout } = spawnSync('nc', ['-N', '127.0.0.1', String(port)], {
    input: 'UPGRADE\n\0\x05evil!',
    timeout: 10_000
  })
  t.match(stdout.toString('latin1'), /^Lines [^\n]+\nREADY\n\0.ERR_LEFTOVER: the peer sent 7 bytes ahead/s)
  t.notMatch(stdout.toString('latin1'), 'evil')
})
