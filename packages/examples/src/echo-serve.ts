/**
 * The echo server as four callbacks, argument for argument the way that this project began.
 *
 *     node packages/examples/dist/echo-serve.js --port 9999
 *     nc 127.0.0.1 9999
 */
import { type ServeAnswer, serve } from '@shiny/core'
import { portFlag, readFlags } from './command-line/flags.js'
import { fail, stopOnSignals } from './command-line/program.js'

const { port } = readFlags('echo-serve', 'Answers what it is sent with the same.', {
  port: portFlag(9999, 'TCP port to listen on, on all addresses')
})

let shutdown = false
let started = false

/** Handles what was sent to a connection. */
function handle(_id: number, data: Uint8Array): ServeAnswer {
  if (shutdown) return [null, false]
  let keepOpen = true
  const text = Buffer.from(data).toString('latin1')
  // `nc` sends lines that end in LF, telnet CR LF.
  if (text === 'shutdown\r\n' || text === 'shutdown\n') shutdown = true
  else if (text === 'quit\r\n' || text === 'quit\n') keepOpen = false
  return [data, keepOpen]
}

/** Accepts a new client; a good place to note something about it under its id. */
function accept(_id: number, _addr: string, _wake: () => void): ServeAnswer {
  if (shutdown) return [null, false]
  return [
    'Welcome to the echo server!\n' + "Enter 'quit' to close your connection or 'shutdown' to close the server.\n",
    true
  ]
}

/** Called when a connection is closed. */
function closed(_id: number, _err: Error | null): void {}

/** Fires between 1 and 60 times a second, depending on the traffic. */
function ticker(): boolean {
  if (shutdown) return false
  if (!started) process.stdout.write(`echo server started on port ${port}\n`)
  started = true
  return true
}

stopOnSignals(() => {
  shutdown = true
})
try {
  await serve('tcp', `:${port}`, handle, accept, closed, ticker, null)
} catch (error) {
  fail('echo-serve', error)
}
