import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child, endChildren } from '../child.js'
import { type Cores, pinned } from '../cores.js'
import type { Progress } from '../progress.js'
import { Dice } from './dice.js'
import type { Kind } from './row.js'
import { Subject } from './subject.js'

/** What holds for a whole run. */
export interface Setting {
  readonly seed: number
  /** A tenth or so of everything, to see whether it works at all. */
  readonly quick: boolean
  readonly cores: Cores | null
  readonly progress: Progress
}

/** How many paths for Unix sockets there have been. */
let sockets = 0

type Flags = Readonly<Record<string, string | number>>

/** How a subject is started, beside its own flags. */
export interface Start {
  /** Flags for Node.js. */
  readonly node?: readonly string[]
  /** A command that runs the subject's. */
  readonly under?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** What one measurement works with; when it is over, all that it started ends. */
export class Stage {
  readonly dice: Dice
  readonly cores: Cores | null
  readonly quick: boolean
  readonly #setting: Setting
  readonly #endings: (() => unknown)[] = []

  constructor(setting: Setting) {
    this.#setting = setting
    this.cores = setting.cores
    this.quick = setting.quick
    this.dice = new Dice(setting.seed)
  }

  /** A size that depends on whether this is a quick run. */
  size(full: number, quick: number): number {
    return this.quick ? quick : full
  }

  /** Tells what is being done. */
  step(text: string): void {
    this.#setting.progress.step(text)
  }

  /** Starts one of the programs in `subjects`, and waits until it is ready. */
  async start(
    kind: Kind,
    program: string,
    flags: Flags = {},
    { node = [], under = [], env = {} }: Start = {}
  ): Promise<Subject> {
    const file = join(import.meta.dirname, 'subjects', `${program}.js`)
    const args = Object.entries({ kind, ...flags }).flatMap(([flag, value]) => [`--${flag}`, `${value}`])
    const command = [...under, process.execPath, '--expose-gc', ...node, file, ...args]
    const child = await Child.start(pinned(command, this.cores?.server), env)
    return Subject.ready(child)
  }

  /** Starts a client program on the core of the load. */
  load(command: readonly string[]): Promise<Child> {
    return Child.start(pinned(command, this.cores?.load))
  }

  /** A path for a Unix socket that nobody uses. */
  socketPath(): string {
    const path = join(tmpdir(), `scorecard-${process.pid}-${++sockets}.sock`)
    this.defer(() => rmSync(path, { force: true }))
    return path
  }

  /** To be done when the measurement is over, the latest first. */
  defer(ending: () => unknown): void {
    this.#endings.push(ending)
  }

  async close(): Promise<void> {
    await endChildren()
    for (const ending of this.#endings.splice(0).reverse()) await ending()
  }
}
