// The proxy between real clients and real servers: every byte, every end and every failure of one side reaches the other.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { freePort, type Program, portIn, startExample, until } from './support/program.js'
import { Random } from './support/random.js'

type Serve = (socket: Socket) => void

/** A server behind the proxy; what it is connected by stays open at both ends until each is ended. */
async function upstreamOf(
  t: Test,
  serve: Serve,
  at: { port: number; host?: string } | { path: string }
): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    serve(socket)
  })
  server.listen(at)
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return typeof address === 'string' ? address : `127.0.0.1:${address?.port}`
}

async function dial(t: Test, port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
  t.teardown(() => socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

async function text(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const loopback = { port: 0, host: '127.0.0.1' }
const echo: Serve = (socket) => socket.pipe(socket)

for (const reactor of ['native', 'portable']) {
  async function start(t: Test, upstream: string, ...flags: string[]): Promise<{ port: number; program: Program }> {
    const before = process.env.SHINY_REACTOR
    process.env.SHINY_REACTOR = reactor
    const program = startExample(t, 'tcp-proxy', '--port', '0', '--upstream', upstream, ...flags)
    if (before === undefined) delete process.env.SHINY_REACTOR
    else process.env.SHINY_REACTOR = before
    return { port: portIn(await program.line()), program }
  }

  t.test(`${reactor}: messages go both ways, and so do the ends of both streams`, async (t) => {
    const { port } = await start(t, await upstreamOf(t, echo, loopback))
    const client = await dial(t, port)
    client.end('hello')
    t.equal(await text(client), 'hello')
  })

  t.test(`${reactor}: who ends first may still be answered, whichever side it is`, async (t) => {
    const late: Serve = (socket) => {
      socket.end('first')
      void text(socket).then((heard) => t.equal(heard, 'and then the client'))
    }
    const { port } = await start(t, await upstreamOf(t, late, loopback))
    const client = await dial(t, port)
    t.equal(await text(client), 'first', 'the end of the upstream arrives')
    const closed = once(client, 'close')
    client.end('and then the client')
    await closed

    const counting: Serve = (socket) => void text(socket).then((heard) => socket.end(`heard ${heard.length} bytes`))
    const { port: other } = await start(t, await upstreamOf(t, counting, loopback))
    const asking = await dial(t, other)
    asking.end('12345')
    t.equal(await text(asking), 'heard 5 bytes', 'the end of the client arrives')
  })

  t.test(`${reactor}: a Unix socket behind it`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'shiny-'))
    t.teardown(() => rmSync(folder, { recursive: true, force: true }))
    const { port } = await start(t, await upstreamOf(t, echo, { path: join(folder, 'socket') }))
    const client = await dial(t, port)
    client.end('hello')
    t.equal(await text(client), 'hello')
  })

  t.test(`${reactor}: 32 MiB each way at the same time, to the byte`, async (t) => {
    const size = 32 << 20
    const piece = new Random(1).bytes(1 << 20)
    const sent = createHash('sha256')
    for (let at = 0; at < size; at += piece.length) sent.update(piece)
    const wanted = sent.digest('hex')
    let behind: Promise<[void, string]> | undefined
    const upstream: Serve = (socket) => {
      behind = Promise.all([pour(socket), digestOf(socket)])
    }
    const { port } = await start(t, await upstreamOf(t, upstream, loopback))
    const client = await dial(t, port)
    const [, hash] = await Promise.all([pour(client), digestOf(client)])
    t.equal(hash, wanted, 'from the upstream')
    t.equal((await behind)?.[1], wanted, 'from the client')

    async function pour(socket: Socket): Promise<void> {
      for (let at = 0; at < size; at += piece.length) if (!socket.write(piece)) await once(socket, 'drain')
      socket.end()
    }
  })

  t.test(`${reactor}: a client that does not read costs little, and gets everything`, async (t) => {
    const size = 64 << 20
    const piece = Buffer.alloc(1 << 20, 'x')
    let taken = 0
    const gushing: Serve = async (socket) => {
      for (; taken < size; taken += piece.length) if (!socket.write(piece)) await once(socket, 'drain')
      socket.end()
    }
    const { port, program } = await start(t, await upstreamOf(t, gushing, loopback))
    const client = await dial(t, port)
    client.pause()
    await standsStill(() => taken)
    t.ok(taken < size / 2, `the upstream is held back after ${taken >> 20} MiB`)
    if (process.platform === 'linux') {
      const before = residentOf(program.pid)
      await sleep(300)
      t.ok(residentOf(program.pid) < 200 << 20, `it takes ${before >> 20} MiB`)
      t.ok(residentOf(program.pid) - before < 4 << 20, 'and no more as time goes by')
    }
    let got = 0
    client.on('data', (chunk) => {
      got += chunk.length
    })
    client.resume()
    await once(client, 'end')
    t.equal(got, size)
    client.end()
  })

  t.test(`${reactor}: a client that does not read may go on sending`, async (t) => {
    let heard = 0
    const gushing: Serve = (socket) => {
      socket.on('data', (chunk) => {
        heard += chunk.length
      })
      socket.write(Buffer.alloc(32 << 20))
    }
    const { port } = await start(t, await upstreamOf(t, gushing, loopback))
    const client = await dial(t, port)
    client.pause()
    await sleep(100)
    client.write(Buffer.alloc(8 << 20))
    await until('the upstream has heard everything', () => heard === 8 << 20)
    t.pass()
  })

  t.test(`${reactor}: nobody behind it: the client is closed, and a line says why`, async (t) => {
    const upstream = await freePort()
    const { port, program } = await start(t, `127.0.0.1:${upstream}`)
    const client = await dial(t, port)
    const from = client.localPort
    client.end('hello')
    t.equal(await text(client), '')
    program.kill('SIGTERM')
    const { code, stderr } = await program.ended
    t.equal(code, 0)
    t.equal(
      stderr,
      `tcp-proxy: 127.0.0.1:${from}: cannot connect to 127.0.0.1:${upstream}: nobody listens there (ECONNREFUSED)\n`
    )
  })

  t.test(`${reactor}: a reset by either side is a reset for the other, and no end`, async (t) => {
    let behind: Socket | undefined
    const taking: Serve = (socket) => {
      behind = socket
    }
    const { port } = await start(t, await upstreamOf(t, taking, loopback))
    for (const reset of ['client', 'upstream']) {
      behind = undefined
      const client = await dial(t, port)
      await until('the upstream is connected', () => behind !== undefined)
      const [first, second] =
        reset === 'client' ? [client, behind as unknown as Socket] : [behind as unknown as Socket, client]
      const seen = new Promise<string | undefined>((resolve) => {
        second.on('error', (error: NodeJS.ErrnoException) => resolve(error.code)).on('end', () => resolve('the end'))
      })
      second.resume()
      first.resetAndDestroy()
      t.equal(await seen, 'ECONNRESET', `by the ${reset}`)
    }
  })

  t.test(`${reactor}: 200 clients at the same time`, async (t) => {
    const { port } = await start(t, await upstreamOf(t, echo, loopback))
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const client = await dial(t, port)
        client.end(`I am ${index}. `.repeat(1000))
        return (await text(client)) === `I am ${index}. `.repeat(1000)
      })
    )
    t.equal(answers.filter(Boolean).length, 200)
  })

  t.test(`${reactor}: a stop takes nobody new, and lets those that there are finish`, async (t) => {
    const { port, program } = await start(t, await upstreamOf(t, echo, loopback))
    const client = await dial(t, port)
    client.write('before ')
    await once(client, 'data')
    program.kill('SIGTERM')
    await until('nobody listens any more', async () => {
      const socket = connect({ port, host: '127.0.0.1' })
      const refused = await new Promise<boolean>((resolve) => {
        socket.once('connect', () => resolve(false)).once('error', () => resolve(true))
      })
      socket.destroy()
      return refused
    })
    client.end('and after')
    t.equal(await text(client), 'and after')
    const { code, stderr } = await program.ended
    t.strictSame([code, stderr], [0, ''])
  })

  t.test(`${reactor}: a stop ends when its time is up`, async (t) => {
    const { port, program } = await start(t, await upstreamOf(t, echo, loopback), '--drain', '0')
    const client = await dial(t, port)
    client.write('hello')
    await once(client, 'data')
    program.kill('SIGTERM')
    await text(client).catch(() => {})
    t.equal((await program.ended).code, 0)
  })

  t.test(`${reactor}: the upstream is told who the client is`, async (t) => {
    const { port } = await start(t, await upstreamOf(t, echo, loopback), '--send-proxy', 'v1')
    const client = await dial(t, port)
    const from = client.localPort
    client.end('hello')
    t.equal(await text(client), `PROXY TCP4 127.0.0.1 127.0.0.1 ${from} ${port}\r\nhello`)
  })
}

t.test('what is no upstream is a flag that is wrong', async (t) => {
  for (const upstream of ['9999', '127.0.0.1:0', '127.0.0.1:65536', '::1:80', 'a:b', '[::1]']) {
    const { code, stderr } = await startExample(t, 'tcp-proxy', '--upstream', upstream).ended
    t.equal(code, 2)
    t.match(stderr, `tcp-proxy: --upstream: expected HOST:PORT, or a path with a slash in it, got "${upstream}"`)
  }
})

async function digestOf(socket: Socket): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Waits until a number has not changed for a while. */
async function standsStill(number: () => number): Promise<void> {
  for (let before = -1; before !== number() || before === 0; ) {
    before = number()
    await sleep(200)
  }
}

/** Bytes of memory that a process holds. */
function residentOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
