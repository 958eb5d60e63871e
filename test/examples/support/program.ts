import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

const dist = join(dirname(fileURLToPath(import.meta.resolve('@shiny/examples/package.json'))), 'dist')

/** How a program ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A program that runs, and what it has printed. */
export class Program {
  readonly ended: Promise<Ending>
  readonly #child: ChildProcess
  readonly #lines: AsyncIterableIterator<string>
  #stdout = ''

  constructor(command: string, args: readonly string[]) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    const lines = createInterface({ input: child.stdout })
    this.#lines = lines[Symbol.asyncIterator]()
    let stderr = ''
    child.stdout.on('data', (data) => {
      this.#stdout += data
    })
    child.stderr.on('data', (data) => {
      stderr += data
    })
    this.ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout: this.#stdout, stderr }))
  }

  get pid(): number {
    return this.#child.pid as number
  }

  get stdout(): string {
    return this.#stdout
  }

  /** The next line that it prints; fails when it ends instead. */
  async line(): Promise<string> {
    const { done, value } = await this.#lines.next()
    if (done) throw new Error(`the program ended: ${JSON.stringify(await this.ended)}`)
    return value
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}

/** Starts an example; it is killed when the test ends. */
export function startExample(t: Test, name: string, ...args: string[]): Program {
  return startProgram(t, process.execPath, join(dist, `${name}.js`), ...args)
}

export function startProgram(t: Test, command: string, ...args: string[]): Program {
  const program = new Program(command, args)
  t.teardown(async () => {
    program.kill('SIGKILL')
    await program.ended
  })
  return program
}

/** Starts a server on a port that the system chooses and returns the port. */
export async function startServer(t: Test, name: string): Promise<{ program: Program; port: number }> {
  const program = startExample(t, name, '--port', '0')
  return { program, port: portIn(await program.line()) }
}

export function portIn(line: string): number {
  return Number(/:(\d+)/.exec(line)?.[1])
}

/** A port that nothing listened on a moment ago, for programs that cannot tell which one they have got. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Asks until the answer is true; gives up after 20 seconds. */
export async function until(what: string, ask: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 2000; attempt++) {
    if (await ask()) return
    await sleep(10)
  }
  throw new Error(`in vain: ${what}`)
}
