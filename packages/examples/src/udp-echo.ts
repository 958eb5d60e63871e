/**
 * Answers each datagram with the same datagram: a UDP server as a class.
 *
 *     node packages/examples/dist/udp-echo.js --port 9998
 *     nc -u 127.0.0.1 9998
 */
import { binary } from '@shiny/codecs'
import { type Address, Endpoint, UdpServer } from '@shiny/core'
import { portFlag, readFlags, textFlag } from './command-line/flags.js'
import { run } from './command-line/program.js'

class Echo extends Endpoint<Uint8Array> {
  override onMessage(message: Uint8Array, from: Address): void {
    this.send(message, from)
  }
}

const { port, host } = readFlags('udp-echo', 'Answers each datagram with the same datagram.', {
  port: portFlag(9998, 'UDP port to listen on; 0 lets the system choose'),
  host: textFlag('127.0.0.1', 'ADDRESS', 'address to listen on')
})

const server = new UdpServer({ format: binary({ borrow: true }), endpoint: Echo })
await run('udp-echo', server, { host, port })
