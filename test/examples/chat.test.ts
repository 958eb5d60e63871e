// Goal: the chat as a command: what one member says reaches all others, and nobody can harm them.
// Method: real clients on real sockets, nc among them.

import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { portIn, startExample } from './support/program.js'
import { dial, type Wire } from './support/wire.js'

const noNc = spawnSync('nc', ['-h']).error === undefined ? {} : { skip: 'nc is not installed' }

async function startChat(t: Test, ...flags: string[]) {
  const program = startExample(t, 'chat', '--port', '0', ...flags)
  return { program, port: portIn(await program.line()) }
}

/** Comes in under a name; what was said about it before has been read. */
async function join(t: Test, port: number, name: string, others: readonly Wire[] = []): Promise<Wire> {
  const wire = await dial(t, port)
  const guest = /^\* You are (guest-\d+)\. /.exec(await wire.line())?.[1]
  t.type(guest, 'string')
  wire.write(Buffer.from(`/nick ${name}\n`))
  t.equal(utf8(await wire.line()), `* You are ${name}\n`)
  for (const other of others) {
    t.equal(await other.line(), `* ${guest} has come in\n`)
    t.equal(utf8(await other.line()), `* ${guest} is now ${name}\n`)
  }
  return wire
}

t.test('what one says reaches all others, and joining and leaving are told', async (t) => {
  const { port } = await startChat(t)
  const ann = await join(t, port, 'Ann')
  const bob = await join(t, port, 'bob', [ann])
  const eve = await join(t, port, 'Ève', [ann, bob])
  ann.write('hello\r\n')
  for (const other of [bob, eve]) t.equal(await other.line(), 'Ann: hello\n')
  bob.write(Buffer.from('käse\n'))
  t.equal(utf8(await ann.line()), 'bob: käse\n', 'and the sender does not hear itself')
  await eve.line()
  bob.write('/quit\nnever said\n')
  t.equal(await bob.rest(), '* Bye\n')
  for (const other of [ann, eve]) t.equal(await other.line(), '* bob has left\n')
  eve.destroy()
  t.equal(utf8(await ann.line()), '* Ève has left\n')
  ann.write('/who\n')
  t.equal(await ann.line(), '* 1 here: Ann\n')
})

t.test('names', async (t) => {
  const { port } = await startChat(t)
  const ann = await join(t, port, 'Ann')
  const bob = await join(t, port, 'bob', [ann])
  for (const [said, answer] of [
    ['/nick ANN', '! ANN is somebody else\n'],
    ['/nick', '! A name has 1 to 20 letters, digits, _ or -\n'],
    ['/nick two words', '! A name has 1 to 20 letters, digits, _ or -\n'],
    [`/nick ${'x'.repeat(21)}`, '! A name has 1 to 20 letters, digits, _ or -\n'],
    ['/nick *', '! A name has 1 to 20 letters, digits, _ or -\n'],
    ['/who', '* 2 here: Ann, bob\n'],
    ['/what', '! There is no /what. /nick NAME, /who, /quit; anything else is said to all\n'],
    ['/help', '* /nick NAME, /who, /quit; anything else is said to all\n'],
    ['/nick BOB', '* You are BOB\n'],
    ['/who', '* 2 here: Ann, BOB\n']
  ] as const) {
    bob.write(`${said}\n`)
    t.equal(await bob.line(), answer, said)
  }
  t.equal(await ann.line(), '* bob is now BOB\n')
  bob.write('/quit\n')
  t.equal(await ann.line(), '* BOB has left\n')
  ann.write('/nick bob\n')
  t.equal(await ann.line(), '* You are bob\n', 'a name is free when its owner has left')
})

t.test('no line of a stranger moves the cursor of another', async (t) => {
  const { port } = await startChat(t)
  const ann = await join(t, port, 'Ann')
  const bob = await join(t, port, 'bob', [ann])
  bob.write('a\x1b[2Jb\x07\rc\r\r\n \t \n\n!\n')
  t.equal(await ann.line(), 'bob: a[2Jbc\n')
  t.equal(await ann.line(), 'bob: !\n', 'empty lines are not said')
})

t.test('a line that is too long is refused alone', async (t) => {
  const { port } = await startChat(t, '--max-line', '20')
  const ann = await join(t, port, 'Ann')
  const bob = await join(t, port, 'bob', [ann])
  bob.write(`${'x'.repeat(20)}\n${'y'.repeat(21)}\n${'z'.repeat(100_000)}\nstill here\n`)
  t.equal(await ann.line(), `bob: ${'x'.repeat(20)}\n`)
  t.equal(await ann.line(), 'bob: still here\n')
  for (let i = 0; i < 2; i++) t.equal(await bob.line(), '! Your line is too long and was not said\n')
})

t.test('who does not read is cut, and holds up nobody', { timeout: 60_000 }, async (t) => {
  const { port } = await startChat(t, '--max-queued', '100000', '--max-line', '60000')
  const slow = await dial(t, port)
  await slow.line()
  slow.pause()
  const ann = await join(t, port, 'Ann', [])
  const bob = await join(t, port, 'bob', [ann])
  // The system's own buffers take some megabytes first.
  const line = 'x'.repeat(50_000)
  let left = ''
  for (let round = 0; round < 2000 && left === ''; round++) {
    bob.write(`${line}\n`)
    let heard = await ann.line()
    if (heard.startsWith('* ')) {
      left = heard
      heard = await ann.line()
    }
    if (heard !== `bob: ${line}\n`) t.equal(heard, `bob: ${line}\n`)
  }
  t.match(left, /^\* guest-\d+ has left: did not read\n$/)
})

t.test('silence ends a connection, with a word', async (t) => {
  const { port } = await startChat(t, '--idle', '1')
  const ann = await dial(t, port)
  await ann.line()
  t.equal(await ann.rest(), '! Nothing has happened here for too long. Bye\n')
})

t.test('a full room says so', async (t) => {
  const { port } = await startChat(t, '--max-members', '1')
  await join(t, port, 'Ann')
  const bob = await dial(t, port)
  t.equal(await bob.rest(), '! The room is full\n')
})

t.test('two people with nc', noNc, async (t) => {
  const { port, program } = await startChat(t)
  const [ann, bob] = [netcat(t, port), netcat(t, port)]
  for (const { next } of [ann, bob]) t.match(await next(), /^\* You are guest-\d+\./)
  bob.say('hello')
  let heard = await ann.next()
  if (heard.endsWith('has come in')) heard = await ann.next()
  t.match(heard, /^guest-\d+: hello$/)
  program.kill('SIGTERM')
  t.strictSame((await program.ended).code, 0, 'stops although both are there')
})

function netcat(t: Test, port: number) {
  const nc = spawn('nc', ['127.0.0.1', String(port)], { stdio: ['pipe', 'pipe', 'ignore'] })
  t.teardown(() => nc.kill())
  const lines = createInterface({ input: nc.stdout })[Symbol.asyncIterator]()
  return {
    say: (text: string) => void nc.stdin.write(`${text}\n`),
    next: async () => String((await lines.next()).value)
  }
}

/** Wires read bytes as characters. */
function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString()
}
