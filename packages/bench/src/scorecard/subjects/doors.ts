// A program that opens servers with the rules that it is told, several at a time, and tells each client who it is taken for.

import { line } from '@shiny/codecs'
import { type AdmissionOptions, Connection, Server } from '@shiny/core'
import { runCommand } from '../../command-line.js'
import { obey } from './control.js'

class Guest extends Connection<string> {
  override onMessage(): void {
    this.send(this.proxy?.source?.host ?? 'itself')
  }
}

/** What is asked for: rules, and addresses beside a port of 127.0.0.1. */
interface Door extends AdmissionOptions {
  readonly dual?: boolean
  readonly path?: string
}

const servers: Server<string>[] = []

async function open({ dual = false, path, ...admission }: Door): Promise<object> {
  const server = new Server({ codec: line(), connection: Guest, ...admission })
  server.on('connectionError', () => {})
  server.on('error', () => {})
  await server.listen(
    { host: '127.0.0.1', port: 0 },
    ...(dual ? [{ host: '::', port: 0 }] : []),
    ...(path === undefined ? [] : [{ path }])
  )
  servers.push(server)
  return { ports: server.addresses.map(({ port }) => port) }
}

await runCommand('doors', async () => {
  await obey(
    {},
    {
      open: (argument) => open(JSON.parse(argument) as Door),
      shut: async () => {
        await Promise.all(servers.splice(0).map((server) => server.stop({ timeout: 0 })))
      },
      live: () => ({ live: servers.reduce((sum, { connections }) => sum + connections.size, 0) })
    }
  )
  return 0
})
