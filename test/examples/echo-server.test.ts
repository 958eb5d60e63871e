import t from 'tap'
import { freePort, startExample, startServer } from './support/program.js'
import { dial } from './support/wire.js'

const WELCOME =
  'Welcome to the echo server!\n' + "Enter 'quit' to close your connection or 'shutdown' to close the server.\n"

t.test('the class: welcomes, echoes lines, quits and shuts down', async (t) => {
  const { program, port } = await startServer(t, 'echo-server')
  const wire = await dial(t, port)
  t.equal(await wire.read(WELCOME.length), WELCOME)
  wire.write('hello\r\nworld\n')
  t.equal(await wire.read(12), 'hello\nworld\n')
  wire.write('quit\nnever answered\n')
  t.equal(await wire.rest(), 'quit\n', 'quit closes this connection')

  const other = await dial(t, port)
  await other.read(WELCOME.length)
  const idle = await dial(t, port)
  other.write('shutdown\n')
  t.equal(await other.rest(), 'shutdown\n')
  t.equal(await idle.rest(), WELCOME, 'shutdown closes the others too')
  t.equal((await program.ended).code, 0)
})

t.test('the callbacks: the same with raw bytes', async (t) => {
  const port = await freePort()
  const program = startExample(t, 'echo-serve', '--port', String(port))
  await program.line()
  const wire = await dial(t, port)
  t.equal(await wire.read(WELCOME.length), WELCOME)
  wire.write('no line ending, \x00\xff')
  t.equal(await wire.read(18), 'no line ending, \x00\xff')
  wire.write('quit\r\n')
  t.equal(await wire.rest(), 'quit\r\n', 'quit closes this connection')

  const other = await dial(t, port)
  await other.read(WELCOME.length)
  other.write('shutdown\r\n')
  t.match(await other.rest(), /^shutdown\r\n/)
  t.equal((await program.ended).code, 0, 'shutdown stops the server')
})
