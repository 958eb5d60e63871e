// Goal: the chat in the browser works as a program, between clients, and as a page.
// Method: clients of the package `ws`, raw requests, and a headless browser that is driven as a person would.

import { once } from 'node:events'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { Browser, inBrowser } from './support/browser.js'
import { portIn, startExample, until } from './support/program.js'

type Told = { readonly type: string; readonly [name: string]: string }

async function startChat(t: Test, ...flags: string[]) {
  const program = startExample(t, 'websocket-chat', '--port', '0', ...flags)
  return { program, port: portIn(await program.line()) }
}

/** A client that says and hears JSON. */
class Guest {
  readonly socket: WebSocket
  readonly closed: Promise<number>
  readonly #told: Told[] = []
  #arrived = () => {}

  constructor(t: Test, port: number, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, { headers, perMessageDeflate: false })
    this.socket.on('error', () => {})
    this.socket.on('message', (data) => {
      this.#told.push(JSON.parse(String(data)) as Told)
      this.#arrived()
    })
    this.closed = new Promise((resolve) => this.socket.on('close', resolve))
    t.teardown(() => this.socket.terminate())
  }

  async next(): Promise<Told> {
    while (this.#told.length === 0) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve
      })
    }
    return this.#told.shift() as Told
  }

  async ask(message: unknown): Promise<Told> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open')
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
    return await this.next()
  }
}

async function join(t: Test, port: number, name: string, others: readonly Guest[] = []): Promise<Guest> {
  const guest = new Guest(t, port)
  const told = { type: 'joined', name }
  t.match(await guest.ask({ type: 'join', name }), told)
  for (const other of others) t.match(await other.next(), told)
  return guest
}

t.test('what one says reaches all, and joining and leaving are told', async (t) => {
  const { port } = await startChat(t)
  const ann = await join(t, port, 'Ann')
  const bob = await join(t, port, 'bob', [ann])
  const said = { type: 'said', name: 'Ann', text: 'κόσμε <b>' }
  t.strictSame(await ann.ask({ type: 'say', text: ' κόσμε <b> ' }), said)
  t.strictSame(await bob.next(), said)
  bob.socket.close()
  t.strictSame(await ann.next(), { type: 'left', name: 'bob', here: '1 here: Ann' })
  await join(t, port, 'BOB', [ann])
})

t.test('what is refused, and what ends a connection', async (t) => {
  const { port } = await startChat(t)
  const ann = await join(t, port, 'Ann')
  const eve = new Guest(t, port)
  t.strictSame(await eve.ask({ type: 'say', text: 'hello' }), { type: 'refused', why: 'Choose a name first' })
  t.strictSame(await eve.ask({ type: 'join', name: 'ANN' }), { type: 'refused', why: 'ANN is somebody else' })
  t.strictSame(await ann.ask({ type: 'join', name: 'Eve' }), { type: 'refused', why: 'You are Ann already' })
  for (const nonsense of ['{', '[]', '{"type":"join","name":"a b"}', '{"type":"say","text":" "}']) {
    const guest = new Guest(t, port)
    await once(guest.socket, 'open')
    guest.socket.send(nonsense)
    t.equal(await guest.closed, 4000, nonsense)
  }
  for (const [data, code] of [
    [new Uint8Array(4), 1003],
    ['x'.repeat(8193), 1009]
  ] as const) {
    const guest = new Guest(t, port)
    await once(guest.socket, 'open')
    guest.socket.send(data)
    t.equal(await guest.closed, code)
  }
  const stranger = new Guest(t, port, { Origin: 'https://evil.example' })
  t.equal(await stranger.closed, 1006, 'a page of another origin does not get in')
})

t.test('a silent member is asked, and stays if it answers', async (t) => {
  const { port } = await startChat(t, '--idle', '1')
  const ann = await join(t, port, 'Ann')
  await once(ann.socket, 'ping')
  await once(ann.socket, 'ping')
  t.match(await ann.ask({ type: 'say', text: 'here' }), { text: 'here' })
})

t.test('the pages, and nothing else', async (t) => {
  const { port } = await startChat(t)
  const at = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, init)
  for (const [path, type] of [
    ['/', 'text/html'],
    ['/chat.css', 'text/css'],
    ['/chat.js', 'text/javascript']
  ] as const) {
    const page = await at(path)
    t.equal(page.status, 200)
    t.match(page.headers.get('content-type'), type)
    t.match(page.headers.get('content-security-policy'), "default-src 'none'")
    t.notMatch(await page.text(), /https?:\/\/|\bsrc="\/\//, 'nothing comes from elsewhere')
    t.equal((await at(path, { method: 'HEAD' })).headers.get('content-length'), page.headers.get('content-length'))
  }
  t.equal((await at('/../package.json')).status, 404)
  t.equal((await at('/chat')).status, 426)
  t.equal((await at('/', { method: 'POST', body: 'a' })).status, 413)
  t.equal((await at('/', { method: 'DELETE' })).status, 405)
})

t.test('a stop is told to every member', async (t) => {
  const { program, port } = await startChat(t)
  const ann = await join(t, port, 'Ann')
  program.kill('SIGTERM')
  t.equal(await ann.closed, 1001)
  t.equal((await program.ended).code, 0)
})

t.test('the page in a browser: join, talk, lose the connection and come back', inBrowser, async (t) => {
  const { program, port } = await startChat(t)
  const bob = await join(t, port, 'bob')
  const browser = await Browser.start(t)
  const page = await browser.open(`http://127.0.0.1:${port}/`)
  await page.shows('#state', /^Connected$/)
  await page.run("document.getElementById('name').focus()")
  await page.enter('bob')
  await page.shows('#problem', /bob is somebody else/)
  await page.run("document.getElementById('name').select()")
  await page.enter('Ann')
  t.match(await bob.next(), { type: 'joined', name: 'Ann' })
  await page.shows('#log', /Ann has joined/)
  await page.shows('#here', /2 here: bob, Ann/)
  t.equal(await page.run('document.activeElement.id'), 'text', 'the cursor is where one writes next')
  await page.enter('hello from the page')
  t.match(await bob.next(), { type: 'said', name: 'Ann', text: 'hello from the page' })
  bob.socket.send(JSON.stringify({ type: 'say', text: '<img src=x onerror=alert(1)> back' }))
  await page.shows('#log', /Ann\s*hello from the page[\s\S]*bob\s*<img src=x onerror=alert\(1\)> back/)
  const other = await browser.open(`http://127.0.0.1:${port}/`)
  await other.shows('#state', /^Connected$/)
  await other.run("document.getElementById('name').focus()")
  await other.enter('Eve')
  await page.shows('#log', /Eve has joined/)
  await until('the other page has heard that it is in', () => other.run("document.activeElement.id === 'text'"))
  await other.enter('from the other page')
  await page.shows('#log', /Eve\s*from the other page/)
  t.strictSame(browser.complaints, [])

  program.kill('SIGTERM')
  await program.ended
  await page.shows('#state', /trying again/)
  t.equal(await page.run("document.querySelector('#say button').disabled"), true)
  const again = startExample(t, 'websocket-chat', '--port', String(port))
  await again.line()
  await page.shows('#state', /^Connected$/)
  await page.shows('#here', /Ann/)
})
