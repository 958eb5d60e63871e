// Goal: the calling side: the same classes, on each reactor, over TCP and Unix sockets.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectSocket, createServer } from 'node:net'
import { line } from '@shiny/codecs'
import { Connection, type ConnectTarget, connect, type ShinyError } from '@shiny/core'
import type { Test } from 'tap'
import { Journal } from './driver/journal.js'
import { codeOf, Noted } from './driver/noted.js'
import { overReactors } from './driver/reactors.js'
import { loopback, startLines, transports } from './driver/start.js'

class Echo extends Connection<string, string, Journal> {
  override onMessage(text: string): void {
    this.send(text)
  }
}

class Caller extends Noted {
  override onOpen(): void {
    this.app.note('open')
    this.send('first')
  }
}

/** A port of the loopback that nobody listens on. */
async function unusedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/**
 * A listener that accepts nothing, in a process of its own. `fill` takes its backlog, so that Linux drops whoever comes next: to
 * connect takes for ever.
 */
async function deaf(t: Test): Promise<{ port: number; fill: () => Promise<void> }> {
  const program =
    "import socket,sys; s=socket.socket(); s.bind(('127.0.0.1',0)); s.listen(0); print(s.getsockname()[1],flush=True); sys.stdin.read()"
  const child = spawn('python3', ['-c', program], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill())
  const [output] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(output.toString())
  const fill = async () => {
    const socket = connectSocket({ port, host: '127.0.0.1' })
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
  }
  return { port, fill }
}

async function refusal(t: Test, attempt: Promise<unknown>): Promise<ShinyError> {
  try {
    await attempt
  } catch (error) {
    return error as ShinyError
  }
  t.fail('the attempt should have been refused')
  throw new Error('unreachable')
}

overReactors(async (t, reactor) => {
  for (const [name, at] of transports(t)) {
    t.test(`messages go both ways over ${name}`, async (t) => {
      const { address } = await startLines(t, reactor, Echo, { at })
      const where: ConnectTarget =
        address.path === undefined ? { host: address.host, port: address.port } : { path: address.path }
      const journal = new Journal()
      const caller = await connect({ ...where, codec: line(), connection: Caller, app: journal, reactor })
      t.strictSame(journal.entries, ['open'], 'it resolves after onOpen')
      t.ok(caller instanceof Caller)
      await journal.until('message first')
      caller.send('second')
      await journal.until('message second')
      t.equal(String(caller.remote), String(address))
      t.equal(caller.local.family, address.family)
      caller.end('bye')
      await journal.until('close local')
      t.equal(caller.isOpen, false)
    })
  }

  t.test('both ends are known from onOpen on, also to a handler that asked before', async (t) => {
    const { address } = await startLines(t, reactor, Echo)
    const { host, port } = address
    class Asking extends Noted {
      readonly early = String(this.remote)
      override onOpen(): void {
        this.app.note(`${this.early}, then ${this.remote}`)
      }
    }
    const journal = new Journal()
    const caller = await connect({ host, port, codec: line(), connection: Asking, app: journal, reactor })
    t.strictSame(journal.entries, [`unknown, then ${address}`])
    caller.destroy()
    await journal.until('close local')
    t.equal(String(caller.remote), String(address))
  })

  t.test('a url says where to', async (t) => {
    const { address } = await startLines(t, reactor, Echo)
    const journal = new Journal()
    const caller = await connect({ url: `tcp://${address}`, codec: line(), connection: Caller, app: journal, reactor })
    await journal.until('message first')
    caller.destroy()
    await journal.until('close local')
  })

  t.test('the end of the server is the end of the client', async (t) => {
    class Brief extends Noted {
      override onMessage(text: string): void {
        this.end(text)
      }
    }
    const { address } = await startLines(t, reactor, Brief)
    const journal = new Journal()
    await connect({ host: address.host, port: address.port, codec: line(), connection: Caller, app: journal, reactor })
    await journal.until('close peer')
    t.strictSame(journal.entries, ['open', 'message first', 'end', 'close peer'])
  })

  t.test('a port that nobody listens on refuses', async (t) => {
    const port = await unusedPort()
    const journal = new Journal()
    const error = await refusal(
      t,
      connect({ host: '127.0.0.1', port, codec: line(), connection: Caller, app: journal, reactor })
    )
    t.equal(error.code, 'ERR_CONNECT_REFUSED')
    t.equal(error.errno, 'ECONNREFUSED')
    t.match(error.message, `127.0.0.1:${port}`)
    t.strictSame(journal.entries, [], 'no hook was called')
  })

  t.test('a path without a socket refuses', async (t) => {
    const error = await refusal(
      t,
      connect({ path: '/nowhere/socket', codec: line(), connection: Noted, app: new Journal(), reactor })
    )
    t.equal(error.code, 'ERR_CONNECT_REFUSED')
  })

  t.test(
    'an attempt that takes too long is given up',
    { skip: process.platform !== 'linux' && 'needs a full backlog' },
    async (t) => {
      const { port, fill } = await deaf(t)
      await fill()
      const target = { host: '127.0.0.1', port, codec: line(), connection: Noted, app: new Journal(), reactor }
      const error = await refusal(t, connect({ ...target, timeout: 100 }))
      t.equal(error.code, 'ERR_CONNECT_TIMEOUT')
    }
  )

  t.test('an aborted signal ends the attempt', async (t) => {
    const { address } = await startLines(t, reactor, Echo)
    const { host, port } = address
    const signal = AbortSignal.abort(new Error('changed my mind'))
    const error = await refusal(
      t,
      connect({ host, port, codec: line(), connection: Noted, app: new Journal(), reactor, signal })
    )
    t.equal(error.code, 'ERR_ABORTED')
    t.match(error.cause, /changed my mind/)
  })

  t.test('a signal that is aborted while it connects ends the attempt', async (t) => {
    const { address } = await startLines(t, reactor, Echo)
    const { host, port } = address
    const controller = new AbortController()
    const journal = new Journal()
    const attempt = connect({
      host,
      port,
      codec: line(),
      connection: Noted,
      app: journal,
      reactor,
      signal: controller.signal
    })
    controller.abort()
    t.equal((await refusal(t, attempt)).code, 'ERR_ABORTED')
    t.strictSame(journal.entries, [])
  })

  t.test('a signal that is aborted afterwards has no effect', async (t) => {
    const { address } = await startLines(t, reactor, Echo)
    const { host, port } = address
    const controller = new AbortController()
    const journal = new Journal()
    const caller = await connect({
      host,
      port,
      codec: line(),
      connection: Caller,
      app: journal,
      reactor,
      signal: controller.signal
    })
    controller.abort()
    await journal.until('message first')
    t.ok(caller.isOpen)
    caller.destroy()
    await journal.until('close local')
  })

  t.test('a constructor that throws is the reason of the rejection', async (t) => {
    const { address } = await startLines(t, reactor, Echo)
    const { host, port } = address
    class Broken extends Noted {
      constructor() {
        super()
        throw new Error('broken')
      }
    }
    const error = await refusal(
      t,
      connect({ host, port, codec: line(), connection: Broken, app: new Journal(), reactor })
    )
    t.equal(codeOf(error), 'broken')
  })

  t.test('every address of a name is tried', async (t) => {
    const { address } = await startLines(t, reactor, Echo, { at: loopback })
    const journal = new Journal()
    const caller = await connect({
      host: 'localhost',
      port: address.port,
      codec: line(),
      connection: Caller,
      app: journal,
      reactor
    })
    await journal.until('message first')
    caller.destroy()
    await journal.until('close local')
  })

  t.test('what makes no sense is refused before anything happens', async (t) => {
    const common = { codec: line(), connection: Noted, app: new Journal(), reactor }
    const code = async (target: object) => (await refusal(t, connect({ ...common, ...target }))).code
    t.equal(await code({}), 'ERR_OPTION')
    t.equal(await code({ port: 0 }), 'ERR_OPTION')
    t.equal(await code({ port: 80, path: '/tmp/x' }), 'ERR_OPTION')
    t.equal(await code({ url: 'tcp://127.0.0.1:80', port: 80 }), 'ERR_OPTION')
    t.equal(await code({ url: 'http://127.0.0.1:80' }), 'ERR_ADDRESS')
    t.equal(await code({ url: 'tcp://:80' }), 'ERR_ADDRESS')
    t.equal(await code({ port: 80, timeout: -1 }), 'ERR_OPTION')
    t.equal(await code({ port: 80, surprise: true }), 'ERR_OPTION')
  })

  t.test('a hundred clients of one server keep their replies apart', async (t) => {
    const { address } = await startLines(t, reactor, Echo)
    const { host, port } = address
    const journals = Array.from({ length: 100 }, () => new Journal())
    const callers = await Promise.all(
      journals.map((app) => connect({ host, port, codec: line(), connection: Noted, app, reactor }))
    )
    callers.forEach((caller, i) => {
      caller.send(`mine is ${i}`)
      caller.send('done')
    })
    await Promise.all(journals.map((journal) => journal.until('message done')))
    journals.forEach((journal, i) => {
      t.strictSame(journal.entries, ['open', `message mine is ${i}`, 'message done'])
    })
    for (const caller of callers) caller.destroy()
    await Promise.all(journals.map((journal) => journal.until('close local')))
  })
})
