// Goal: access rules mean what they say, in order, for each family of addresses.
import { type AccessRule, Address } from '@shiny/core'
import t from 'tap'
import { internal } from './internals.js'

interface List {
  allows(peer: Address, uid: () => number | null): boolean
}
const { AccessList } = await internal<{ AccessList: new (rules: readonly AccessRule[]) => List }>(
  'admission/access-list.js'
)
const { peerKey } = await internal<{ peerKey: (peer: Address, uid: () => number | null) => string }>(
  'admission/peer-key.js'
)

const unix = new Address('unix', '', 0)
const v4 = (host: string) => new Address('ipv4', host, 1)
const v6 = (host: string) => new Address('ipv6', host, 1)
const judge = (rules: readonly AccessRule[], peer: Address, uid: number | null = 1000) =>
  new AccessList(rules).allows(peer, () => uid)

t.test('a peer that no rule is about may connect', async (t) => {
  for (const peer of [v4('10.0.0.1'), v6('2001:db8::1'), unix]) t.equal(judge([], peer), true)
  t.equal(judge([{ deny: '10.0.0.0/8' }], v4('11.0.0.1')), true)
  t.equal(judge([{ deny: '10.0.0.0/8' }], unix), true)
})

t.test('the first rule that is about a peer decides', async (t) => {
  const rules = [
    { allow: '10.1.2.3' },
    { deny: '10.1.0.0/16' },
    { allow: '10.0.0.0/8' },
    { deny: 'all' }
  ] satisfies AccessRule[]
  t.equal(judge(rules, v4('10.1.2.3')), true)
  t.equal(judge(rules, v4('10.1.2.4')), false)
  t.equal(judge(rules, v4('10.2.0.1')), true)
  t.equal(judge(rules, v4('11.0.0.1')), false)
  t.equal(judge(rules, unix), false)
  t.equal(judge(rules, v6('::1')), false)
})

t.test('blocks of every length end where they should', async (t) => {
  for (let prefix = 1; prefix <= 32; prefix++) {
    const network = (0xc0a8_5a5a & (-1 << (32 - prefix))) >>> 0
    const text = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.')
    const rules = [{ allow: `${text(network)}/${prefix}` }, { deny: 'all' }] satisfies AccessRule[]
    const last = (network + 2 ** (32 - prefix) - 1) >>> 0
    t.equal(judge(rules, v4(text(network))), true, `first of /${prefix}`)
    t.equal(judge(rules, v4(text(last))), true, `last of /${prefix}`)
    t.equal(judge(rules, v4(text((last + 1) >>> 0))), false, `behind /${prefix}`)
    t.equal(judge(rules, v4(text((network - 1) >>> 0))), false, `before /${prefix}`)
  }
  const rules = [{ allow: '2001:db8:0:8000::/49' }, { deny: 'all' }] satisfies AccessRule[]
  t.equal(judge(rules, v6('2001:db8:0:8000::')), true)
  t.equal(judge(rules, v6('2001:db8:0:ffff:ffff:ffff:ffff:ffff')), true)
  t.equal(judge(rules, v6('2001:db8:0:7fff::1')), false)
  t.equal(judge(rules, v6('2001:db8:1::')), false)
})

t.test('all of one family is not all of the other', async (t) => {
  t.equal(judge([{ deny: '0.0.0.0/0' }], v4('255.255.255.255')), false)
  t.equal(judge([{ deny: '0.0.0.0/0' }], v6('::1')), true)
  t.equal(judge([{ deny: '::/0' }], v6('ffff::')), false)
  t.equal(judge([{ deny: '::/0' }], v4('10.0.0.1')), true)
})

t.test('IPv4 addresses within IPv6 are IPv4 addresses in rules', async (t) => {
  t.equal(judge([{ deny: '::ffff:10.0.0.0/104' }], v4('10.255.0.1')), false)
  t.equal(judge([{ deny: '::FFFF:0a00:0/104' }], v4('10.255.0.1')), false)
  t.equal(judge([{ deny: '::ffff:10.0.0.0/104' }], v4('11.0.0.1')), true)
  t.equal(judge([{ deny: '::ffff:0:0/96' }], v4('1.2.3.4')), false)
  t.equal(judge([{ deny: '::ffff:10.0.0.1' }], v4('10.0.0.1')), false)
  t.throws(() => judge([{ deny: '::ffff:10.0.0.0/64' }], unix), /CIDR/)
})

t.test('bits behind the prefix, upper case and zones do not matter', async (t) => {
  t.equal(judge([{ deny: '127.0.0.1/8' }], v4('127.9.9.9')), false)
  t.equal(judge([{ deny: '2001:DB8::FFFF/32' }], v6('2001:db8:1::1')), false)
  t.equal(judge([{ deny: 'fe80::/10' }], v6('fe80::1%eth0')), false)
})

t.test('peers of Unix sockets are judged by unix, by all and by their user', async (t) => {
  t.equal(judge([{ deny: 'unix' }], unix), false)
  t.equal(judge([{ deny: 'unix' }], v4('10.0.0.1')), true)
  const rules = [{ allow: { uid: 1000 } }, { deny: 'unix' }] satisfies AccessRule[]
  t.equal(judge(rules, unix, 1000), true)
  t.equal(judge(rules, unix, 1001), false)
  t.equal(judge(rules, v4('10.0.0.1'), 1001), true)
  t.equal(judge([{ deny: { uid: 0 } }], unix, 0), false)
})

t.test('what cannot be judged is refused', async (t) => {
  t.equal(judge([{ deny: { uid: 0 } }], unix, null), false, 'a user that the system does not tell')
  t.equal(judge([{ allow: 'unix' }, { deny: { uid: 0 } }], unix, null), true, 'unless nobody asks for the user')
  t.equal(judge([{ deny: '10.0.0.0/8' }], Address.unknown), false, 'an address that the system does not tell')
})

t.test('text that is no address or block is refused', async (t) => {
  const bad = ['', 'localhost', '10.0.0.0/33', '10.0.0/8', '10.0.0.0/', '10.0.0.0/08', '10.0.0.0/-1', '/8', 'any']
  for (const text of [...bad, '01.2.3.4', '::/129', '::1%lo', 'UNIX', ' 10.0.0.1', '10.0.0.1 ', '1.2.3.4/8/8', ':::'])
    t.throws(() => new AccessList([{ allow: text }]), /CIDR/, text)
})

t.test('what counts as one peer', async (t) => {
  const key = (peer: Address, uid: number | null = 7) => peerKey(peer, () => uid)
  t.not(key(v4('10.0.0.1')), key(v4('10.0.0.2')))
  t.equal(key(v6('2001:db8::1')), key(v6('2001:db8:0:0:ffff::2')))
  t.not(key(v6('2001:db8::1')), key(v6('2001:db8:0:1::1')))
  t.equal(key(v6('fe80::1%eth0')), key(v6('fe80::2')))
  t.not(key(unix, 1), key(unix, 2))
  t.equal(key(unix, null), key(unix, null))
})
