// Goal: what reactors remember of peers is bounded, and the same peer is the same object while it is remembered.
// Method: the memories by themselves, with addresses that no machine could send from all at once.

import type { RemoteInfo } from 'node:dgram'
import { isIPv6, SocketAddress } from 'node:net'
import type { Address } from '@shiny/core'
import t from 'tap'
import { internal } from './internals.js'

interface Peers<Key> {
  find(...key: Key[]): Address
}
type Make<Key> = new (socket: unknown) => Peers<Key>

const { NativePeers } = await internal<{ NativePeers: Make<Int32Array | number> }>('reactor/native/native-peers.js')
const { PortablePeers } = await internal<{ PortablePeers: Make<RemoteInfo> }>('reactor/portable/portable-peers.js')
const { REMEMBERED_PEERS } = await internal<{ REMEMBERED_PEERS: number }>('reactor/datagrams.js')

/** An address in words, as the native reactor tells it. */
function words(family: 4 | 6, port: number, parts: readonly number[], scope = 0): Int32Array {
  return Int32Array.of(family, port, scope, ...parts)
}

t.test('the native reactor’s peers', async (t) => {
  const peers = new NativePeers({})
  const v4 = (word: number, port = 1) => peers.find(words(4, port, [0, 0, 0, word]), 0)

  t.test('are the same object for the same address', async (t) => {
    t.equal(v4(0x7f000001), v4(0x7f000001))
    t.not(v4(0x7f000001), v4(0x7f000002))
    t.not(v4(0x7f000001, 1), v4(0x7f000001, 2))
    const six = peers.find(words(6, 1, [0, 0, 0, 0x7f000001]), 0)
    t.not(six, v4(0x7f000001))
    t.not(peers.find(words(6, 1, [0, 0, 0, 0x7f000001], 3), 0), six)
  })

  t.test('are written as everybody writes them', async (t) => {
    t.equal(String(v4(-1, 65535)), '255.255.255.255:65535')
    t.equal(String(v4(0x0a000102, 80)), '10.0.1.2:80')
    const six = (text: string, scope = 0) => {
      const groups = groupsOf(text)
      const parts = [0, 2, 4, 6].map((i) => ((groups[i] as number) << 16) | (groups[i + 1] as number))
      return peers.find(words(6, 7, parts, scope), 0)
    }
    const texts = ['::', '::1', '1::', '2001:db8::1', '2001:db8:0:1:1:1:1:1', '2001:0:0:1::1', 'fe80::ff00:42:8329']
    for (const text of [...texts, '1:2:3:4:5:6:7:8', 'ff02::', '0:0:1::']) {
      const { host, port, family } = six(text)
      t.equal(host, new SocketAddress({ address: text, family: 'ipv6' }).address)
      t.strictSame([family, port, isIPv6(host)], ['ipv6', 7, true])
    }
    t.equal(six('fe80::1', 2).host, 'fe80::1%2')
  })

  t.test('are forgotten when there are many', async (t) => {
    const first = v4(1)
    const held = new Set<Address>()
    for (let i = 0; i < 4 * REMEMBERED_PEERS; i++) held.add(v4(i, 9))
    t.equal(held.size, 4 * REMEMBERED_PEERS)
    let remembered = 0
    for (let i = 0; i < 4 * REMEMBERED_PEERS; i++) if (held.has(v4(i, 9))) remembered++
    t.ok(remembered <= REMEMBERED_PEERS, `${remembered} of them are remembered`)
    t.equal(String(first), '0.0.0.1:1', 'and a forgotten one remains what it was')
  })

  t.test('that are heard of all the time outlast a flood of others', async (t) => {
    const regulars = Array.from({ length: 50 }, (_, i) => v4(0x0b000000 + i))
    for (let round = 0; round < 10; round++) for (let i = 0; i < 50; i++) v4(0x0b000000 + i)
    let same = 0
    for (let i = 0; i < 20_000; i++) {
      v4(0x0c000000 + i)
      if (v4(0x0b000000 + (i % 50)) === regulars[i % 50]) same++
    }
    t.ok(same > 15_000, `${same} of 20,000 times`)
  })
})

t.test('the portable reactor’s peers', async (t) => {
  const peers = new PortablePeers({})
  const find = (address: string, port: number) => peers.find({ address, port, family: 'IPv4', size: 0 })
  const first = find('127.0.0.1', 1)
  t.equal(find('127.0.0.1', 1), first)
  t.not(find('127.0.0.1', 2), first)
  t.equal(find('::ffff:127.0.0.1', 3).host, '127.0.0.1')
  for (let i = 0; i < REMEMBERED_PEERS; i++) find('10.0.0.1', i)
  t.not(find('127.0.0.1', 1), first, 'the oldest is forgotten')
  const last = find('10.0.0.1', REMEMBERED_PEERS - 1)
  t.equal(find('10.0.0.1', REMEMBERED_PEERS - 1), last)
})

/** The eight groups of an IPv6 address. */
function groupsOf(text: string): number[] {
  const [head = '', tail] = text.split('::')
  const parse = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const front = parse(head)
  const back = parse(tail ?? '')
  return [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back]
}
