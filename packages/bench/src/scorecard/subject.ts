import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '../child.js'
import { cpuTime, descriptors, residentBytes } from '../measure.js'

/** The young generation grows and shrinks by megabytes as it likes unless Node.js is told its size. */
export const steadyHeap = ['--min-semi-space-size=1', '--max-semi-space-size=1']

/** What a server counts of itself. */
export interface Counts {
  readonly opened: number
  readonly closed: number
  /** Hooks of a connection that were called after its `onClose`, and second calls of that. */
  readonly afterClose: number
  readonly errors: number
  readonly delivered: number
  /** Connections that are open, as the server itself says. */
  readonly live: number
}

/** A program under test, seen from outside. It answers each line that it is told with one line of JSON. */
export class Subject {
  readonly child: Child
  /** 0 for a program that does not listen. */
  readonly port: number

  private constructor(child: Child, port: number) {
    this.child = child
    this.port = port
  }

  static async ready(child: Child): Promise<Subject> {
    const { port = 0 } = JSON.parse(await child.line()) as { port?: number }
    return new Subject(child, port)
  }

  get pid(): number {
    return this.child.pid
  }

  async ask<T>(command: string): Promise<T> {
    this.child.tell(command)
    return JSON.parse(await this.child.line()) as T
  }

  counts(): Promise<Counts> {
    return this.ask('counts')
  }

  /** Waits until the counts are as wanted, and answers with the last ones in any case. */
  async settled(wanted: (counts: Counts) => boolean, seconds = 10): Promise<Counts> {
    const deadline = performance.now() + seconds * 1000
    let counts = await this.counts()
    while (!wanted(counts) && performance.now() < deadline) {
      await sleep(20)
      counts = await this.counts()
    }
    return counts
  }

  descriptors(): number {
    return descriptors(this.pid)
  }

  /** Resident memory after garbage has been collected, in bytes. */
  async residentBytes(): Promise<number> {
    await this.ask('gc')
    return residentBytes(this.pid)
  }

  /** The share of a core that it uses while `seconds` pass, in percent. */
  async cpuPercent(seconds: number): Promise<number> {
    const before = cpuTime(this.pid)
    const begun = performance.now()
    await sleep(seconds * 1000)
    return (cpuTime(this.pid) - before) / (performance.now() - begun) / 1e4
  }
}
