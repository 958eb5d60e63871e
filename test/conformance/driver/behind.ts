import { line } from '@shiny/codecs'
import { Address, type AdmissionOptions, encodeProxyHeader, Server, type ServerOptions } from '@shiny/core'
import type { Test } from 'tap'
import { Journal } from './journal.js'
import { codeOf, Noted } from './noted.js'
import type { ReactorKind } from './reactors.js'
import { listen, loopback } from './start.js'

export const source = Address.ip('203.0.113.9', 56324)
export const destination = Address.ip('198.51.100.7', 443)
export const proxyProtocol = { from: ['127.0.0.1'] }
export const v1 = encodeProxyHeader({ version: 1, source, destination })
export const v2 = encodeProxyHeader({ source, destination, checksum: true })

/** Notes where it is told to be, as soon as it can. */
export class Placed<In = string, Out = In> extends Noted<In, Out> {
  constructor() {
    super()
    this.app.note(`made ${this.remote}`)
  }

  override onOpen(): void {
    this.app.note(`open ${this.remote} ${this.local}`)
  }

  override onBatchEnd(): void {
    this.app.note('batch')
  }
}

export const opened = [`made ${source}`, `open ${source} ${destination}`]

/** Starts a server behind a proxy; it notes who is dropped. */
export async function startBehind<In = string, Out = In>(
  t: Test,
  reactor: ReactorKind,
  options: Partial<Pick<ServerOptions<In, Out, Journal>, 'codec' | 'connection' | 'timeouts'>> & AdmissionOptions = {},
  at = loopback
) {
  const journal = new Journal()
  const defaults = { codec: line(), connection: Placed, app: journal, reactor, proxyProtocol }
  const server = new Server<In, Out, Journal>({ ...defaults, ...options } as never)
  server.on('drop', (peer, reason, error) => journal.note(`drop ${peer.host} ${reason} ${error && codeOf(error)}`))
  server.on('connectionError', (error) => journal.note(`failed ${codeOf(error)}`))
  return { server, journal, ...(await listen(t, server, at)) }
}
