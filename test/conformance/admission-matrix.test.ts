// Goal: nobody is let in or kept out wrongly, whatever comes together.
// Method: every socket (IPv4, IPv6, IPv4 of an IPv6 server, Unix) × every kind of rule × no proxies, or proxies that this peer is
// one of, or not × no header, version 1, version 2. What must happen is derived from the words of the guide.
import { networkInterfaces } from 'node:os'
import { line } from '@shiny/codecs'
import { type AccessRule, Address, Connection, encodeProxyHeader, type ListenOptions, Server } from '@shiny/core'
import type { Test } from 'tap'
import { overReactors, type ReactorKind } from './driver/reactors.js'
import { listen, socketPath } from './driver/start.js'

interface Socket {
  readonly name: string
  readonly at: (t: Test) => ListenOptions
  /** What a client connects to in place of the server's own address. */
  readonly by?: string
  /** Texts of rules and lists that are about its peers, and some that are not. */
  readonly about: readonly string[]
  readonly notAbout: readonly string[]
}

const hasIpv6 = Object.values(networkInterfaces()).some((ends) => ends?.some(({ address }) => address === '::1'))

const sockets: readonly Socket[] = [
  {
    name: 'IPv4',
    at: () => ({ host: '127.0.0.1', port: 0 }),
    about: ['127.0.0.1', '127.0.0.0/8', '::ffff:127.0.0.0/104', 'all'],
    notAbout: ['127.0.0.2', '128.0.0.0/8', '::1', '::/0', 'unix']
  },
  ...(hasIpv6
    ? [
        {
          name: 'IPv6',
          at: () => ({ host: '::1', port: 0 }),
          about: ['::1', '::/64', 'all'],
          notAbout: ['::2', '127.0.0.0/8', '0.0.0.0/0', 'unix']
        },
        {
          name: 'IPv4 of an IPv6 server',
          at: () => ({ host: '::', port: 0 }),
          by: '127.0.0.1',
          about: ['127.0.0.1', '127.0.0.0/8', '::ffff:127.0.0.1', 'all'],
          notAbout: ['127.0.0.2', '::1', '::/0', 'unix']
        }
      ]
    : []),
  {
    name: 'Unix',
    at: (t: Test) => ({ path: socketPath(t) }),
    about: ['unix', 'all'],
    notAbout: ['127.0.0.0/8', '0.0.0.0/0', '::/0']
  }
]

const source = Address.ip('203.0.113.9', 1)
const destination = Address.ip('203.0.113.10', 2)
const headers = {
  none: new Uint8Array(0),
  v1: encodeProxyHeader({ version: 1, source, destination }),
  v2: encodeProxyHeader({ source, destination, checksum: true })
}

/** Rules, and whether a peer that they are about may connect. */
const rulesOf = (
  about: string,
  notAbout: string
): readonly (readonly [readonly AccessRule[] | undefined, boolean])[] => [
  [undefined, true],
  [[{ allow: about }, { deny: 'all' }], true],
  [[{ deny: about }], false],
  [[{ deny: about }, { allow: 'all' }], false],
  [[{ deny: notAbout }], true],
  [[{ allow: notAbout }, { deny: 'all' }], false],
  [[{ deny: notAbout }, { allow: about }, { deny: 'all' }], true],
  // What a header says of the client is nothing that rules are about.
  [[{ deny: source.host }], true]
]

class Teller extends Connection<string> {
  override onOpen(): void {
    this.send(`open ${this.remote.host}`)
  }
  override onMessage(text: string): void {
    this.send(`message ${text}`)
  }
}

overReactors(async (t, reactor) => {
  for (const socket of sockets) await t.test(socket.name, (t) => tryAll(t, reactor, socket))
})

async function tryAll(t: Test, reactor: ReactorKind, socket: Socket): Promise<void> {
  const wrong: string[] = []
  let cases = 0
  for (const [i, about] of socket.about.entries()) {
    const notAbout = socket.notAbout[i % socket.notAbout.length] as string
    for (const [access, allowed] of rulesOf(about, notAbout)) {
      for (const from of [undefined, [about], [notAbout]]) {
        const proxyProtocol = from && { from }
        const server = new Server({ codec: line(), connection: Teller, reactor, access, proxyProtocol })
        const { address, connect } = await listen(t, server, socket.at(t))
        for (const [name, header] of Object.entries(headers)) {
          const peer = await connect({ to: socket.by })
          peer.end(Buffer.concat([header, Buffer.from('hello\n')]))
          const said = (await peer.rest()).toString()
          const expected = whatComes(allowed, from?.[0] === about, from !== undefined, name)
          cases++
          if (!expected.test(said)) {
            wrong.push(`${JSON.stringify({ access, from, name })} at ${address}: ${JSON.stringify(said)}`)
          }
        }
        await server.stop()
      }
    }
  }
  t.strictSame(wrong, [])
  t.comment(`${cases} cases`)
}

function whatComes(allowed: boolean, isProxy: boolean, behindProxy: boolean, header: string): RegExp {
  const nothing = /^$/
  if (!allowed) return nothing
  if (!behindProxy) {
    // A header that nobody expects is a line like any other, or no line at all.
    return header === 'none' ? /^open (127\.0\.0\.1|::1|)\nmessage hello\n$/ : /^open (127\.0\.0\.1|::1|)\nmessage /
  }
  if (!isProxy || header === 'none') return nothing
  return /^open 203\.0\.113\.9\nmessage hello\n$/
}
