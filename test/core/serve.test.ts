import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Address, type ServeAccept, type ServeAnswer, type ServeClosed, type ServeHandle, serve } from '@shiny/core'
import { Peer } from '../conformance/driver/peer.js'
import { overReactors } from '../conformance/driver/reactors.js'

/** A port of the IPv4 loopback that was free a moment ago: serve() does not tell which one it got. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Serves until `stop`, and resolves once it listens. */
async function serving(
  net: 'tcp' | 'tcp4' | 'tcp6' | 'unix',
  addr: string,
  handle: ServeHandle<string[]> | null,
  accept: ServeAccept<string[]> | null,
  closed: ServeClosed<string[]> | null
) {
  let keep = true
  const ctx: string[] = []
  let begun: () => void = () => {}
  const listening = new Promise<void>((resolve) => {
    begun = resolve
  })
  const ticker = (context: string[]) => {
    if (context !== ctx) throw new Error('another context')
    begun()
    return keep
  }
  const done = serve(net, addr, handle, accept, closed, ticker, ctx)
  await Promise.race([listening, done])
  return {
    ctx,
    stop: () => {
      keep = false
      return done
    }
  }
}

overReactors((t, reactor) => {
  // serve() has no option for it.
  t.before(() => {
    process.env.SHINY_REACTOR = reactor
  })

  t.test('the four callbacks', async (t) => {
    const port = await freePort()
    const ids: number[] = []
    const { ctx, stop } = await serving(
      'tcp',
      `127.0.0.1:${port}`,
      (id, data, context) => {
        context.push(`handle ${ids.indexOf(id)} ${Buffer.from(data).toString()}`)
        return [data, !Buffer.from(data).includes('quit')]
      },
      (id, addr, _wake, context) => {
        ids.push(id)
        context.push(`accept ${addr.replace(/\d+$/, 'PORT')}`)
        return ['welcome\n', true]
      },
      (id, err, context) => void context.push(`closed ${ids.indexOf(id)} ${err}`)
    )
    const peer = await Peer.connect(Address.ip('127.0.0.1', port))
    t.equal(await peer.line(), 'welcome')
    await peer.write('hello')
    t.equal(await peer.text(5), 'hello')
    await peer.write('quit')
    t.equal((await peer.rest()).toString(), 'quit')
    await peer.closed()
    await stop()
    t.strictSame(ctx, ['accept 127.0.0.1:PORT', 'handle 0 hello', 'handle 0 quit', 'closed 0 null'])
  })

  t.test('all callbacks may be null but one to end it', async (t) => {
    const port = await freePort()
    const { stop } = await serving('tcp4', `127.0.0.1:${port}`, null, null, null)
    const peer = await Peer.connect(Address.ip('127.0.0.1', port))
    await peer.write('nobody listens')
    peer.end()
    t.equal((await peer.rest()).length, 0)
    await peer.closed()
    await stop()
  })

  t.test('an answer may be bytes, a string or nothing, and may end the connection', async (t) => {
    const port = await freePort()
    const answers: ServeAnswer[] = [
      [Uint8Array.of(104, 105), true],
      ['ü', true],
      [null, true],
      ['bye', false]
    ]
    const { stop } = await serving('tcp', `127.0.0.1:${port}`, () => answers.shift() ?? ['', false], null, null)
    const peer = await Peer.connect(Address.ip('127.0.0.1', port))
    await peer.write('1')
    t.equal(await peer.text(2), 'hi')
    await peer.write('2')
    t.equal(await peer.text(2), 'ü')
    await peer.write('3')
    while (answers.length > 1) await new Promise<void>((resolve) => setImmediate(resolve))
    await peer.write('4')
    t.equal((await peer.rest()).toString(), 'bye')
    await peer.closed()
    await stop()
  })

  t.test('accept may refuse', async (t) => {
    const port = await freePort()
    const { ctx, stop } = await serving(
      'tcp',
      `127.0.0.1:${port}`,
      null,
      () => ['full\n', false],
      (_id, err, context) => void context.push(`closed ${err}`)
    )
    const peer = await Peer.connect(Address.ip('127.0.0.1', port))
    t.equal((await peer.rest()).toString(), 'full\n')
    await peer.closed()
    await stop()
    t.strictSame(ctx, ['closed null'])
  })

  t.test('wake calls handle with no bytes, and nothing once the client is gone', async (t) => {
    const port = await freePort()
    const wakes: (() => void)[] = []
    const { ctx, stop } = await serving(
      'tcp',
      `127.0.0.1:${port}`,
      (_id, data, context) => {
        context.push(`handle ${data.length}`)
        return [data.length === 0 ? 'awake\n' : null, true]
      },
      (_id, _addr, wake) => {
        wakes.push(wake)
        return [null, true]
      },
      (_id, _err, context) => void context.push('closed')
    )
    const peer = await Peer.connect(Address.ip('127.0.0.1', port))
    while (wakes.length === 0) await new Promise<void>((resolve) => setImmediate(resolve))
    wakes[0]?.()
    t.equal(await peer.line(), 'awake')
    peer.end()
    await peer.closed()
    wakes[0]?.()
    await stop()
    wakes[0]?.()
    t.strictSame(ctx, ['handle 0', 'closed'])
  })

  t.test('closed is told what went wrong', async (t) => {
    const port = await freePort()
    const errors: (Error | null)[] = []
    const { stop } = await serving(
      'tcp',
      `127.0.0.1:${port}`,
      () => {
        throw new Error('bad handle')
      },
      null,
      (_id, err) => void errors.push(err)
    )
    const peer = await Peer.connect(Address.ip('127.0.0.1', port))
    await peer.write('x')
    await peer.closed()
    await stop()
    t.match(errors, [{ message: 'bad handle' }])
    t.equal(errors.length, 1)
  })

  t.test('a Unix socket', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'shiny-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'socket')
    const { stop } = await serving('unix', path, (_id, data) => [data, true], null, null)
    const peer = await Peer.connect(new Address('unix', path, 0))
    await peer.write('hello')
    t.equal(await peer.text(5), 'hello')
    peer.end()
    await peer.closed()
    await stop()
    t.notOk(existsSync(path))
  })

  t.test('without a host it serves every address', async (t) => {
    const port = await freePort()
    for (const net of ['tcp', 'tcp4'] as const) {
      const { stop } = await serving(net, `:${port}`, (_id, data) => [data, true], null, null)
      const peer = await Peer.connect(Address.ip('127.0.0.1', port))
      await peer.write(net)
      t.equal(await peer.text(net.length), net)
      peer.end()
      await peer.closed()
      await stop()
    }
  })

  t.test('a failure to listen rejects', async (t) => {
    const port = await freePort()
    const { stop } = await serving('tcp', `127.0.0.1:${port}`, null, null, null)
    await t.rejects(serve('tcp', `127.0.0.1:${port}`, null, null, null, null, null), { code: 'ERR_ADDRESS_IN_USE' })
    await stop()
    for (const addr of ['', 'x', '127.0.0.1', '::1:80', '[::1]', '127.0.0.1:70000']) {
      await t.rejects(serve('tcp', addr, null, null, null, null, null), { code: 'ERR_ADDRESS' }, addr)
    }
    await t.rejects(serve('tcp4', '[::1]:0', null, null, null, null, null), { code: 'ERR_ADDRESS' })
    await t.rejects(serve('tcp6', '127.0.0.1:0', null, null, null, null, null), { code: 'ERR_ADDRESS' })
    await t.rejects(serve('udp' as 'tcp', ':0', null, null, null, null, null), { code: 'ERR_OPTION', path: 'net' })
    await t.rejects(serve('unix', '', null, null, null, null, null), { code: 'ERR_OPTION', path: 'path' })
  })

  t.test('a false from the first tick ends it at once', async (t) => {
    await serve('tcp', '127.0.0.1:0', null, null, null, () => false, null)
    t.pass('resolved')
  })
})
