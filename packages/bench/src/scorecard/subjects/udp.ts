// A UDP server of either kind that sends every datagram back.

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { binary } from '@shiny/codecs'
import { type Address, Endpoint, UdpServer } from '@shiny/core'
import { parseFlags, runCommand } from '../../command-line.js'
import { obey } from './control.js'

const flags = { kind: { value: 'KIND', help: 'shiny or net', default: 'shiny' } } as const

class Mirror extends Endpoint<Uint8Array> {
  override onMessage(bytes: Uint8Array, from: Address): void {
    this.send(bytes, from)
  }
}

async function serveShiny(): Promise<void> {
  const server = new UdpServer({ format: binary(), endpoint: Mirror })
  server.on('error', () => {})
  await server.listen({ host: '127.0.0.1', port: 0 })
  await obey({ port: server.addresses[0]?.port }, { stats: () => server.stats() })
}

async function serveStock(): Promise<void> {
  const socket = createSocket('udp4')
  let received = 0
  socket.on('error', () => {})
  socket.on('message', (bytes, from) => {
    received++
    socket.send(bytes, from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  await obey({ port: socket.address().port }, { stats: () => ({ received, dropped: { receiveBuffer: null } }) })
}

await runCommand('udp', async () => {
  const { kind } = parseFlags(flags, process.argv.slice(2))
  await (kind === 'net' ? serveStock() : serveShiny())
  return 0
})
