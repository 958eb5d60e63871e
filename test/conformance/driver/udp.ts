import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { text } from '@shiny/codecs'
import {
  Address,
  type CloseReason,
  type CommonUdpOptions,
  Endpoint,
  type EndpointClass,
  type Format,
  type UdpListenOptions,
  UdpServer
} from '@shiny/core'
import type { Test } from 'tap'
import { Journal } from './journal.js'
import { codeOf } from './noted.js'
import type { ReactorKind } from './reactors.js'
import { loopback } from './start.js'

/** A plain peer that sends and receives datagrams. */
export class UdpPeer {
  readonly socket: Socket
  readonly address: Address
  readonly #received: { text: string; from: RemoteInfo }[] = []
  #told: (() => void) | null = null

  private constructor(socket: Socket) {
    this.socket = socket
    const { address, port } = socket.address()
    this.address = Address.ip(address, port)
    socket.on('message', (bytes, from) => {
      this.#received.push({ text: bytes.toString(), from })
      this.#told?.()
    })
  }

  /** Bound to a port of the loopback, and closed when the test ends. */
  static async bind(t: Test, host = '127.0.0.1'): Promise<UdpPeer> {
    const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' })
    socket.bind(0, host)
    await once(socket, 'listening')
    t.teardown(() => socket.close())
    return new UdpPeer(socket)
  }

  /** Sends; resolves when the system has taken it. */
  send(message: string | Uint8Array, to: Address | undefined): Promise<void> {
    if (to === undefined) throw new Error('no address to send to')
    return new Promise((resolve, reject) => {
      this.socket.send(message, to.port, reachable(to.host, this.address.family), (error) =>
        error === null ? resolve() : reject(error)
      )
    })
  }

  /** The next datagram and who sent it. */
  async receive(): Promise<{ text: string; from: RemoteInfo }> {
    while (this.#received.length === 0) {
      await new Promise<void>((resolve) => {
        this.#told = resolve
      })
    }
    return this.#received.shift() as { text: string; from: RemoteInfo }
  }

  /** The text of the next datagram. */
  async text(): Promise<string> {
    return (await this.receive()).text
  }

  /** Sends and waits for what comes back. */
  async ask(message: string | Uint8Array, to: Address | undefined): Promise<string> {
    await this.send(message, to)
    return this.text()
  }
}

/** Notes every hook in the journal that is the server's `app`, and answers each text with itself. */
export class NotedEcho extends Endpoint<string, string, Journal> {
  override onOpen(): void {
    this.app.note(`open ${this.addresses.length}`)
  }

  override onMessage(text: string, from: Address, _local: Address): void | Promise<void> {
    this.app.note(`message ${text}`)
    this.send(text, from)
  }

  override onError(error: Error, peer: Address | undefined): void {
    this.app.note(`error ${codeOf(error)} ${peer?.host ?? 'nobody'}`)
  }

  override onClose(reason: CloseReason): void {
    this.app.note(reason.error === null ? `close ${reason.by}` : `close ${reason.by} ${codeOf(reason.error)}`)
  }
}

/** A UDP server that listens, its journal, and a peer. */
export interface StartedUdp {
  readonly server: UdpServer<string, string, Journal>
  readonly journal: Journal
  readonly address: Address
  readonly peer: UdpPeer
}

/** What a test's UDP server needs to know beyond the reactor. */
export interface StartUdpOptions extends CommonUdpOptions {
  readonly format?: Format<string>
  readonly at?: UdpListenOptions
}

/** Starts a server of texts that is stopped when the test ends. */
export async function startUdp(
  t: Test,
  reactor: ReactorKind,
  endpoint: EndpointClass<string, string, Journal> = NotedEcho,
  { format = text(), at = udpLoopback, ...options }: StartUdpOptions = {}
): Promise<StartedUdp> {
  const journal = new Journal()
  const server = new UdpServer<string, string, Journal>({ format, endpoint, app: journal, reactor, ...options })
  await server.listen(at)
  t.teardown(() => server.stop({ timeout: 0 }))
  const address = server.addresses[0] as Address
  const peer = await UdpPeer.bind(t, address.family === 'ipv6' && at.host === '::1' ? '::1' : '127.0.0.1')
  return { server, journal, address, peer }
}

/** Any free port of the IPv4 loopback. */
export const udpLoopback: UdpListenOptions = { ...loopback, port: 0 }

/** Whether this machine has the IPv6 loopback. */
export function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((ends) => ends?.some((end) => end.address === '::1'))
}

function reachable(host: string, family: Address['family']): string {
  if (host !== '::' && host !== '0.0.0.0') return host
  return family === 'ipv6' ? '::1' : '127.0.0.1'
}
