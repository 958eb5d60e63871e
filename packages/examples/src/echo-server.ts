/**
 * Answers each line with the same line: a server as a class.
 *
 *     node packages/examples/dist/echo-server.js --port 9999
 *     nc 127.0.0.1 9999
 */
import { line } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import { listenFlag, portFlag, readFlags, textFlag } from './command-line/flags.js'
import { fail, places, run } from './command-line/program.js'

/** What the connections share. */
interface Switch {
  shutDown(): void
}

class Echo extends Connection<string, string, Switch> {
  override onOpen(): void {
    if (this.proxy !== null) this.send(`You come from ${this.remote}, by way of ${this.proxy.peer}.`)
    this.send('Welcome to the echo server!')
    this.send("Enter 'quit' to close your connection or 'shutdown' to close the server.")
  }

  override onMessage(text: string): void {
    if (text === 'quit') {
      this.end(text)
      return
    }
    this.send(text)
    if (text === 'shutdown') this.app.shutDown()
  }
}

const { port, host, ...flags } = readFlags('echo-server', 'Answers each line with the same line.', {
  port: portFlag(9999, 'TCP port to listen on; 0 lets the system choose'),
  host: textFlag('127.0.0.1', 'ADDRESS', 'address to listen on'),
  listen: listenFlag(),
  'proxy-from': textFlag('nobody', 'CIDR', 'proxies in front, each of whose connections begins with a PROXY header')
})

const from = flags['proxy-from']
try {
  const server = new Server({
    codec: line(),
    connection: Echo,
    app: { shutDown: () => void server.stop() },
    ...(from === 'nobody' ? {} : { proxyProtocol: { from: from.split(',') } })
  })
  await run('echo-server', server, ...places('echo-server', flags.listen, { host, port }))
} catch (error) {
  fail('echo-server', error)
}
