// Datagrams that arrive, and what becomes of them: bytes, peers, addresses.

import { binary, text } from '@shiny/codecs'
import { Address, Endpoint, type ShinyError, UdpServer } from '@shiny/core'
import { Journal } from './driver/journal.js'
import { overReactors } from './driver/reactors.js'
import { listen, loopback } from './driver/start.js'
import { hasIpv6, NotedEcho, startUdp, UdpPeer, udpLoopback } from './driver/udp.js'
import { EchoLines } from './driver/udp-tcp.js'

const noIpv6 = hasIpv6() ? {} : { skip: 'there is no IPv6 loopback' }

overReactors(
  (t, reactor) => {
    t.test('each datagram is a message, and a reply goes to whoever sent it', async (t) => {
      const { server, journal, address, peer } = await startUdp(t, reactor)
      const other = await UdpPeer.bind(t)
      t.equal(await peer.ask('one', address), 'one')
      t.equal(await other.ask('two', address), 'two')
      t.equal(await peer.ask('käse ☃', address), 'käse ☃')
      await server.stop()
      t.strictSame(journal.entries, ['open 1', 'message one', 'message two', 'message käse ☃', 'close local'])
      t.match(server.stats(), { received: 3, sent: 3, receivedBytes: 15, sentBytes: 15, queued: 0 })
    })

    t.test('an empty datagram is a message', async (t) => {
      const { journal, address, peer } = await startUdp(t, reactor)
      t.equal(await peer.ask('', address), '')
      t.equal(await peer.ask('next', address), 'next')
      t.strictSame(journal.entries.slice(1), ['message ', 'message next'])
    })

    t.test('the longest datagram of IPv4 goes both ways', async (t) => {
      const journal = new Journal()
      class Mirror extends Endpoint<Uint8Array, Uint8Array, Journal> {
        override onMessage(bytes: Uint8Array, from: Address): void {
          this.send(bytes.reverse(), from)
        }
      }
      const server = new UdpServer({ format: binary(), endpoint: Mirror, app: journal, reactor })
      await server.listen(udpLoopback)
      t.teardown(() => server.stop())
      const peer = await UdpPeer.bind(t)
      const bytes = Buffer.alloc(65_507, 'x')
      bytes.write('begin')
      const answer = await peer.ask(bytes, server.addresses[0])
      t.equal(answer.length, 65_507)
      t.equal(answer.slice(-5), 'nigeb')
    })

    t.test('the datagrams of a peer keep their order', async (t) => {
      const { address, peer } = await startUdp(t, reactor)
      const sent = Array.from({ length: 100 }, (_, i) => `number ${i}`)
      for (const text of sent) void peer.send(text, address)
      const received: string[] = []
      for (let i = 0; i < sent.length; i++) received.push(await peer.text())
      t.strictSame(received, sent)
    })

    t.test('a batch ends after its messages', async (t) => {
      class Batches extends NotedEcho {
        #since = 0
        override onMessage(text: string, from: Address): void {
          this.#since++
          this.send(text, from)
        }
        override onBatchEnd(): void {
          this.app.note(this.#since > 0 ? 'batch' : 'empty batch')
          this.#since = 0
        }
      }
      const { journal, address, peer } = await startUdp(t, reactor, Batches)
      for (let i = 0; i < 10; i++) void peer.send(String(i), address)
      for (let i = 0; i < 10; i++) await peer.text()
      await journal.until('batch')
      t.equal(journal.count('empty batch'), 0)
    })

    t.test('a peer is the same object each time, and may be answered later', async (t) => {
      const peers: Address[] = []
      class Later extends NotedEcho {
        override onMessage(text: string, from: Address): void {
          peers.push(from)
          if (text === 'second') setImmediate(() => this.send('later', peers[0] as Address))
        }
      }
      const { address, peer } = await startUdp(t, reactor, Later)
      const other = await UdpPeer.bind(t)
      await other.send('other', address)
      await peer.send('first', address)
      await peer.send('second', address)
      await other.text()
      t.equal(peers.length, 3)
      t.equal(peers[1], peers[2])
      t.not(peers[0], peers[1])
      t.strictSame([peers[0]?.family, peers[0]?.host, peers[0]?.port], ['ipv4', '127.0.0.1', other.address.port])
      t.equal(String(peers[1]), String(peer.address))
    })

    t.test('an address of the program’s own making can be sent to', async (t) => {
      const { server, peer } = await startUdp(t, reactor)
      const to = Address.ip('127.0.0.1', peer.address.port)
      t.equal(server.endpoint.send('unasked', to), true)
      t.equal(await peer.text(), 'unasked')
      server.endpoint.send('again', to)
      t.equal(await peer.text(), 'again')
      for (const bad of [new Address('ipv4', 'localhost', 9), new Address('unix', '/tmp/x', 0), Address.unknown]) {
        t.throws(() => server.endpoint.send('nowhere', bad), { code: 'ERR_ADDRESS' })
      }
      server.endpoint.send('still here', to)
      t.equal(await peer.text(), 'still here')
    })

    t.test('several addresses: each message tells which, and the reply leaves by it', async (t) => {
      class Which extends NotedEcho {
        override onMessage(_text: string, from: Address, local: Address): void {
          this.send(String(local), from)
        }
      }
      const server = new UdpServer({ format: text(), endpoint: Which, app: new Journal(), reactor })
      await server.listen('udp://127.0.0.1:0', { host: '127.0.0.1', port: 0 })
      t.teardown(() => server.stop())
      t.equal(server.addresses.length, 2)
      const peer = await UdpPeer.bind(t)
      for (const address of server.addresses) {
        await peer.send('which?', address)
        const { text, from } = await peer.receive()
        t.equal(text, String(address))
        t.equal(from.port, address.port)
      }
    })

    t.test('IPv6', noIpv6, async (t) => {
      const { address, peer } = await startUdp(t, reactor, NotedEcho, { at: { host: '::1', port: 0 } })
      t.equal(address.family, 'ipv6')
      t.equal(await peer.ask('six', address), 'six')
    })

    t.test('IPv4 peers of an IPv6 socket are shown and reached as what they are', noIpv6, async (t) => {
      const seen: string[] = []
      class Seen extends NotedEcho {
        override onMessage(text: string, from: Address): void {
          seen.push(`${from.family} ${from.host}`)
          this.send(text, from)
        }
      }
      const { server, address, peer } = await startUdp(t, reactor, Seen, { at: { host: '::', port: 0 } })
      const six = await UdpPeer.bind(t, '::1')
      t.equal(await peer.ask('four', address), 'four')
      t.equal(await six.ask('six', address), 'six')
      t.strictSame(seen, ['ipv4 127.0.0.1', 'ipv6 ::1'])
      server.endpoint.send('unasked', Address.ip('127.0.0.1', peer.address.port))
      t.equal(await peer.text(), 'unasked')
    })

    t.test('a socket that is for IPv6 only leaves IPv4 to others', noIpv6, async (t) => {
      const { address } = await startUdp(t, reactor, NotedEcho, { at: { host: '::', port: 0, ipv6Only: true } })
      const { port } = address
      const four = await startUdp(t, reactor, NotedEcho, { at: { host: '0.0.0.0', port } })
      t.equal(await four.peer.ask('four', four.address), 'four')
    })

    t.test('10,000 datagrams in windows that the buffers hold all arrive', async (t) => {
      const { server, address, peer } = await startUdp(t, reactor)
      for (let window = 0; window < 200; window++) {
        for (let i = 0; i < 50; i++) void peer.send(String(50 * window + i), address)
        for (let i = 0; i < 50; i++) {
          const text = await peer.text()
          if (text !== String(50 * window + i)) throw new Error(`${text} in place of ${50 * window + i}`)
        }
      }
      t.match(server.stats(), { received: 10_000, sent: 10_000, dropped: { unsent: 0, queueFull: 0 } })
    })

    t.test('datagrams and connections are served side by side', async (t) => {
      const { address, peer } = await startUdp(t, reactor)
      const stream = await listen(t, EchoLines.server(reactor), loopback)
      const client = await stream.connect()
      for (let i = 0; i < 20; i++) {
        for (let k = 0; k < 10; k++) void peer.send(`datagram ${i}.${k}`, address)
        await client.write(`line ${i}\n`)
        t.equal(await client.line(), `line ${i}`)
        for (let k = 0; k < 10; k++) t.equal(await peer.text(), `datagram ${i}.${k}`)
      }
    })

    t.test('a multicast group', async (t) => {
      const { server, address, peer } = await startUdp(t, reactor, NotedEcho, { at: { host: '0.0.0.0', port: 0 } })
      const error = (work: () => void) => {
        try {
          work()
          return undefined
        } catch (error) {
          return (error as ShinyError).code
        }
      }
      t.equal(
        error(() => server.join('127.0.0.1')),
        'ERR_SOCKET',
        'an address that is none'
      )
      t.equal(
        error(() => server.join('ff02::1234')),
        'ERR_CLOSED',
        'of a family that is not bound'
      )
      server.join('239.255.77.1', loopbackName())
      peer.socket.setMulticastInterface('127.0.0.1')
      peer.socket.setMulticastLoopback(true)
      t.equal(await peer.ask('to all', Address.ip('239.255.77.1', address.port)), 'to all')
      server.leave('239.255.77.1', loopbackName())
      t.equal(
        error(() => server.leave('239.255.77.1', loopbackName())),
        'ERR_SOCKET',
        'left already'
      )
    })
  },
  ['UDP']
)

function loopbackName(): string {
  return process.platform === 'linux' ? 'lo' : 'lo0'
}
