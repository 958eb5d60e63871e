import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import ts from 'typescript'
import { root } from './repository.js'

/** Makes a snippet a module, and answers its path. */
export function moduleOf(name: string, code: string): string {
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 }
  // Beside the tests, so that the packages are found.
  const folder = join(root, 'test', 'dist', 'snippets')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.mjs`)
  writeFileSync(file, ts.transpileModule(code, { compilerOptions: options }).outputText)
  return file
}

/** A snippet that runs as a program of its own, with port 0 in place of its port. */
export class Program {
  readonly child: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(name: string, code: string) {
    const file = moduleOf(name, code.replaceAll(/\bport: \d+/g, 'port: 0'))
    this.child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#lines = linesOf(this.child.stdout as NodeJS.ReadableStream)
  }

  /** The next line that the program prints. */
  line(): Promise<string> {
    return nextLine(this.#lines)
  }

  /** Ends the program and returns its exit code, or the signal that ended it. */
  async stop(signal: NodeJS.Signals): Promise<number | string> {
    this.child.kill(signal)
    const [code, by] = await once(this.child, 'exit')
    return by ?? code
  }
}

/** Somebody with `nc`. */
export class Caller {
  readonly #socket
  readonly #lines: AsyncIterator<string>

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1')
    this.#lines = linesOf(this.#socket)
  }

  /** Says a line. */
  say(text: string): void {
    this.#socket.write(`${text}\n`)
  }

  /** The next line that is heard; `(end)` when the other side has ended. */
  hear(): Promise<string> {
    return nextLine(this.#lines)
  }
}

function linesOf(input: NodeJS.ReadableStream): AsyncIterator<string> {
  const reader: Interface = createInterface({ input })
  return reader[Symbol.asyncIterator]()
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next()
  return done === true ? '(end)' : value
}
