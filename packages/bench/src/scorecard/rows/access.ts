import type { AdmissionOptions } from '@shiny/core'
import { type At, Client } from '../client.js'
import { version1, version2 } from '../proxy-headers.js'
import type { Row } from '../row.js'

const transports = ['v4', 'mapped', 'v6', 'unix'] as const
type Transport = (typeof transports)[number]

/** The address that IPv4 clients come from. */
const client4 = '127.0.0.5'
const source = '203.0.113.9'

/** Rules, and whom they let in. */
const rules: readonly (readonly [AdmissionOptions['access'], readonly Transport[]])[] = [
  [undefined, transports],
  [[], transports],
  [[{ deny: client4 }], ['v6', 'unix']],
  [[{ deny: '127.0.0.6' }], transports],
  [[{ deny: '127.0.0.0/8' }], ['v6', 'unix']],
  [[{ allow: client4 }, { deny: '127.0.0.0/8' }], transports],
  [
    [{ deny: '127.0.0.0/8' }, { allow: client4 }],
    ['v6', 'unix']
  ],
  [
    [{ allow: '127.0.0.0/29' }, { deny: 'all' }],
    ['v4', 'mapped']
  ],
  [[{ allow: '127.0.0.8/29' }, { deny: 'all' }], []],
  [[{ deny: '::1' }], ['v4', 'mapped', 'unix']],
  [[{ allow: '::1/128' }, { deny: 'all' }], ['v6']],
  [[{ deny: 'unix' }], ['v4', 'mapped', 'v6']],
  [[{ allow: 'unix' }, { deny: 'all' }], ['unix']],
  [[{ deny: 'all' }], []]
]

/** Who is a proxy here, what is sent first, and what the server then takes the client for; null: refused. */
const headers: readonly (readonly [from: string | null, sent: Buffer, taken: string | null])[] = [
  [null, Buffer.alloc(0), 'itself'],
  ['all', version1(source), source],
  ['all', version2(source), source],
  ['all', version2(source, true), source],
  ['all', Buffer.alloc(0), null],
  ['10.0.0.0/8', version1(source), null],
  ['10.0.0.0/8', version2(source), null],
  ['10.0.0.0/8', Buffer.alloc(0), null]
]

function addressOf(transport: Transport, ports: readonly number[], path: string): At {
  if (transport === 'unix') return { path }
  if (transport === 'v6') return { port: ports[1]!, host: '::1' }
  return { port: ports[transport === 'v4' ? 0 : 1]!, localAddress: client4 }
}

/** Every kind of rule, transport and PROXY header with every other. */
export const access: Row = {
  name: 'access',
  bar: 'rules × transports × PROXY headers: nobody wrongly admitted, nobody wrongly refused, everybody taken for who it is',
  beside: false,
  limit: 60,
  async measure(stage) {
    const subject = await stage.start('shiny', 'doors')
    let cases = 0
    const admitted: string[] = []
    const refused: string[] = []
    for (const [i, [rule, welcome]] of rules.entries()) {
      stage.step(`rules ${i + 1} of ${rules.length}`)
      for (const [from, sent, taken] of headers) {
        const path = stage.socketPath()
        const door = { access: rule, dual: true, path, proxyProtocol: from === null ? undefined : { from: [from] } }
        const { ports } = await subject.ask<{ ports: number[] }>(`open ${JSON.stringify(door)}`)
        for (const transport of transports) {
          cases++
          const client = new Client(addressOf(transport, ports, path))
          client.socket.end(Buffer.concat([sent, Buffer.from('who am I?\n')]))
          await client.untilEnd(5)
          client.destroy()
          const expected = welcome.includes(transport) && taken !== null ? `${taken}\n` : ''
          if (client.received === expected) continue
          const list = client.received === '' ? refused : admitted
          list.push(`${transport} by rules ${i}, proxies ${from}: "${client.received.trim()}"`)
        }
      }
      await subject.ask('shut')
    }
    const [first = ''] = [...admitted, ...refused]
    return {
      text: `${cases} cases, ${admitted.length} wrongly admitted, ${refused.length} wrongly refused ${first}`.trim(),
      passed: admitted.length + refused.length === 0,
      values: { cases, admitted: admitted.length, refused: refused.length }
    }
  }
}
