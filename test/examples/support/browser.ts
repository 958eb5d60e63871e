import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { WebSocket } from 'ws'
import { until } from './program.js'

const names = ['chromium', 'chromium-browser', 'google-chrome']
const command = names.find((name) => spawnSync(name, ['--version']).status === 0)

/** Options of a test that needs a browser. */
export const inBrowser = command === undefined ? { skip: 'chromium is not installed' } : {}

const FLAGS = [
  '--headless',
  '--remote-debugging-port=0',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]

interface Answer {
  readonly id?: number
  readonly sessionId?: string
  readonly method?: string
  readonly params?: unknown
  readonly result?: Record<string, unknown>
  readonly error?: { readonly message: string }
}

/** A headless browser, driven over its DevTools protocol. */
export class Browser {
  /** What pages have complained of. */
  readonly complaints: string[] = []
  readonly #socket: WebSocket
  readonly #asked = new Map<number, (answer: Answer) => void>()
  #last = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => {
      const answer = JSON.parse(String(data)) as Answer
      if (answer.id !== undefined) this.#asked.get(answer.id)?.(answer)
      else if (/exceptionThrown|Log\.entryAdded/.test(answer.method ?? ''))
        this.complaints.push(JSON.stringify(answer.params))
    })
  }

  /** Starts one; it ends with the test. */
  static async start(t: Test): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'shiny-browser-'))
    const child = spawn(command as string, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true
    })
    // Its helpers write to the profile too. They are of its group, and hold its standard error: that closes when the last has ended.
    const ended = once(child, 'close')
    t.teardown(async () => {
      if (child.exitCode === null) process.kill(-(child.pid as number), 'SIGKILL')
      await ended
      rmSync(profile, { recursive: true, force: true })
    })
    const socket = new WebSocket(await addressIn(child), { perMessageDeflate: false })
    t.teardown(() => socket.terminate())
    await once(socket, 'open')
    return new Browser(socket)
  }

  async send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.#last
    const answer = await new Promise<Answer>((resolve) => {
      this.#asked.set(id, resolve)
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }))
    })
    this.#asked.delete(id)
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`)
    return answer.result ?? {}
  }

  /** Opens a page in a tab of its own. */
  async open(url: string): Promise<Page> {
    const { targetId } = await this.send('Target.createTarget', { url })
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true })
    const page = new Page(this, sessionId as string)
    for (const domain of ['Runtime', 'Log', 'Page']) await page.send(`${domain}.enable`)
    await until('the page has loaded', () => page.run("document.readyState === 'complete'"))
    return page
  }
}

/** One tab. */
export class Page {
  readonly #browser: Browser
  readonly #session: string

  constructor(browser: Browser, session: string) {
    this.#browser = browser
    this.#session = session
  }

  send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    return this.#browser.send(method, params, this.#session)
  }

  /** What an expression comes to in the page. */
  async run<T>(expression: string): Promise<T> {
    const answer = await this.send('Runtime.evaluate', { expression, returnByValue: true })
    if (answer.exceptionDetails !== undefined)
      throw new Error(`${expression}: ${JSON.stringify(answer.exceptionDetails)}`)
    return (answer.result as { value: T }).value
  }

  /** Waits until what an element shows matches. */
  shows(selector: string, text: RegExp): Promise<void> {
    const element = `document.querySelector(${JSON.stringify(selector)})`
    return until(`${selector} shows ${text}`, async () =>
      text.test(await this.run<string>(`${element}?.checkVisibility() ? ${element}.innerText : ''`))
    )
  }

  /** Types into whatever has the focus, as a person does, and presses Enter. */
  async enter(text: string): Promise<void> {
    await this.send('Input.insertText', { text })
    const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' }
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key })
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key })
  }
}

/** The address that it prints. */
async function addressIn(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stderr as NonNullable<ChildProcess['stderr']> })) {
    const found = /DevTools listening on (ws:\S+)/.exec(line)?.[1]
    if (found === undefined) continue
    child.stderr?.resume()
    return found
  }
  throw new Error('the browser did not start')
}
