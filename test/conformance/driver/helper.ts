import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { Test } from 'tap'

/** A program of another language, or another program of ours: what it prints can be awaited, line by line. */
export class Helper {
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterableIterator<string>

  constructor(t: Test, command: string, args: readonly string[]) {
    // What a test runner puts into the environment is not for others.
    const env = { ...process.env, NODE_OPTIONS: '' }
    this.child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
    t.teardown(() => this.child.kill('SIGKILL'))
  }

  /** The next line that it prints; fails when it ends instead. */
  async line(): Promise<string> {
    const { done, value } = await this.#lines.next()
    if (done) throw new Error(`${this.child.spawnfile} ended without a line`)
    return value
  }

  write(text: string): void {
    this.child.stdin.write(text)
  }

  /** Ends its input and waits for its end; resolves with its exit code. */
  async end(): Promise<number | null> {
    const exit = once(this.child, 'exit')
    this.child.stdin.end()
    return (await exit)[0]
  }
}

/** Runs a program in Python, which the build needs anyway. */
export function python(t: Test, program: string, ...args: string[]): Helper {
  return new Helper(t, 'python3', ['-c', program, ...args])
}
