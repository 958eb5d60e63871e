import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

const running = new Set<Child>()

/** A program that the bench started; none outlives the bench. */
export class Child {
  readonly pid: number
  /** Settles when the program has ended: its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
  hasEnded = false
  #process: ChildProcessByStdio<Writable, Readable, Readable>
  #lines: AsyncIterator<string>
  #complaints = ''

  private constructor(process: ChildProcessByStdio<Writable, Readable, Readable>, name: string) {
    this.#process = process
    this.pid = process.pid!
    this.#lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]()
    process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2000)
    })
    // A program that ends early breaks the pipe to it; how it ended says more.
    process.stdin.on('error', () => {})
    this.ended = new Promise((resolve) => {
      process.once('close', (code, signal) => {
        this.hasEnded = true
        running.delete(this)
        resolve(code ?? signal ?? `${name} ended`)
      })
    })
  }

  /** Starts a program, in this process's folder unless another is given; rejects when there is no such program. */
  static async start(
    command: readonly string[],
    env: Readonly<Record<string, string>> = {},
    cwd?: string
  ): Promise<Child> {
    const [file = '', ...args] = command
    const started = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
    await new Promise<void>((resolve, reject) => {
      started.once('spawn', resolve)
      started.once('error', (error) => reject(new Error(`cannot start ${file}: ${error.message}`)))
    })
    const child = new Child(started, file)
    running.add(child)
    return child
  }

  /** The next line of its output, or null when it ends without one. */
  async next(): Promise<string | null> {
    const { value, done } = await this.#lines.next()
    return done ? null : value
  }

  /** The next line of its output; rejects with its complaints when it ends without one. */
  async line(): Promise<string> {
    const line = await this.next()
    if (line !== null) return line
    throw await this.failure()
  }

  /** Sends it a line, upon which a gated program goes on. */
  proceed(): void {
    this.tell('')
  }

  /** Sends it a line. */
  tell(line: string): void {
    this.#process.stdin.write(`${line}\n`)
  }

  /** All of its remaining output; rejects when it does not end with code 0. */
  async output(): Promise<string[]> {
    const lines: string[] = []
    for (let line = await this.next(); line !== null; line = await this.next()) lines.push(line)
    if ((await this.ended) !== 0) throw await this.failure()
    return lines
  }

  /** Why it failed, in one line. */
  async failure(): Promise<Error> {
    const how = await this.ended
    const said = this.#complaints
      .trim()
      .split('\n')
      .filter((line) => line.trim() !== '')
    // Node prints the error itself above its stack.
    const why = said.find((line) => /^\w*Error\b/.test(line)) ?? said.at(-1) ?? 'it said nothing'
    return new Error(`${why.trim()} (ended with ${how})`)
  }

  /** Ends it: politely first, by force after two seconds. */
  async stop(): Promise<void> {
    this.#process.kill('SIGTERM')
    const force = setTimeout(() => this.kill(), 2000)
    await this.ended
    clearTimeout(force)
  }

  /** Ends it by force, at once. */
  kill(): void {
    this.#process.kill('SIGKILL')
  }
}

/** Ends by force whatever still runs. */
export async function endChildren(): Promise<void> {
  const left = [...running]
  for (const child of left) child.kill()
  await Promise.all(left.map(({ ended }) => ended))
}

/** From now on no child outlives this process, however it ends, and Ctrl-C ends both. */
export function guardChildren(): void {
  process.on('exit', () => {
    for (const child of running) child.kill()
  })
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129]
  ] as const) {
    process.on(signal, () => process.exit(code))
  }
}
