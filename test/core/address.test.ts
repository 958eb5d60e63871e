import { Address } from '@shiny/core'
import t from 'tap'

t.test('addresses as people write them', async (t) => {
  t.equal(String(Address.ip('127.0.0.1', 80)), '127.0.0.1:80')
  t.equal(String(Address.ip('::1', 80)), '[::1]:80')
  t.equal(String(new Address('unix', '/run/app.sock', 0)), '/run/app.sock')
  t.equal(String(Address.unknown), 'unknown')
})

t.test('their parts', async (t) => {
  t.match(Address.ip('127.0.0.1', 80), { family: 'ipv4', host: '127.0.0.1', port: 80 })
  t.match(Address.ip('fe80::1', 80), { family: 'ipv6', host: 'fe80::1', port: 80 })
  t.equal(Address.ip('127.0.0.1', 80).path, undefined)
  t.equal(new Address('unix', '/run/app.sock', 0).path, '/run/app.sock')
})
