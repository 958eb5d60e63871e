// One subject at work, in a process of its own: node subject.js STUDY CASE PIECE SUBJECT, the last three by their index or size.
// It checks what it decodes, warms up and says so; then it takes one measurement for each line that tells it for how long.

import { createInterface } from 'node:readline'
import { runCommand } from '../command-line.js'
import { cutWire } from './corpus.js'
import { versionOf } from './packages.js'
import { allStudies } from './studies.js'
import type { Feed, Sink } from './study.js'
import { digest } from './touch.js'

/** How long a subject is warmed up, in seconds of CPU time: streams take long to be compiled. */
const WARM_UP = 0.5

/** What a subject says when it is ready. */
export interface Ready {
  readonly version: string | null
  /** Why it cannot decode this, or null. */
  readonly unable: string | null
  /** Of the messages of one stream. */
  readonly messages: number
  readonly digest: number
}

/** What a measurement says. */
export interface Decoded {
  /** CPU time for each message in ns, of all threads. */
  readonly cpu: number
  readonly messages: number
  readonly bytesPerSecond: number
}

/** Counts messages, and sums up what is told of them. */
class Counter implements Sink {
  messages = 0
  sum = 0
  tell: (message: never) => number

  constructor(tell: (message: never) => number) {
    this.tell = tell
  }

  onMessage(message: unknown): void {
    this.messages++
    this.sum = (this.sum + this.tell(message as never)) | 0
  }
}

/** Decodes a stream again and again. */
class Runner {
  readonly #feed: Feed
  readonly #counter: Counter
  readonly #pieces: readonly Buffer[]
  readonly #each: number

  constructor(feed: Feed, counter: Counter, pieces: readonly Buffer[], each: number) {
    this.#feed = feed
    this.#counter = counter
    this.#pieces = pieces
    this.#each = each
  }

  /** Decodes the stream once. */
  async once(): Promise<void> {
    const wanted = this.#counter.messages + this.#each
    for (const piece of this.#pieces) {
      const promise = this.#feed.write(piece)
      if (promise !== undefined) await promise
    }
    // Streams deliver some of it later.
    for (let turns = 0; this.#counter.messages < wanted && turns < 1000; turns++) await new Promise(setImmediate)
    if (this.#counter.messages !== wanted)
      throw new Error(`${this.#counter.messages - wanted + this.#each} messages of ${this.#each} were decoded`)
  }

  /** Decodes the stream until `seconds` of CPU time have gone. */
  async run(seconds: number): Promise<Decoded> {
    const { messages } = this.#counter
    const bytes = this.#pieces.reduce((sum, piece) => sum + piece.length, 0)
    const before = process.cpuUsage()
    let streams = 0
    let used = 0
    do {
      await this.once()
      streams++
      const { user, system } = process.cpuUsage(before)
      used = user + system
    } while (used < seconds * 1e6)
    const decoded = this.#counter.messages - messages
    return { cpu: (used * 1000) / decoded, messages: decoded, bytesPerSecond: (bytes * streams * 1e6) / used }
  }
}

function chosen<T>(list: readonly T[], index: string | undefined): T {
  const found = list[Number(index)]
  if (found === undefined) throw new Error(`there is no number ${index} of ${list.length}`)
  return found
}

const say = (told: Ready | Decoded) => process.stdout.write(`${JSON.stringify(told)}\n`)

async function main(): Promise<number> {
  const [studyIndex, caseIndex, size, subjectIndex] = process.argv.slice(2)
  const study = chosen(allStudies(), studyIndex)
  const which = chosen(study.cases, caseIndex)
  const subject = chosen(study.subjects, subjectIndex)
  const version = subject.from === null ? null : versionOf(subject.from)
  const wire = subject.rewire?.(which.wire()) ?? which.wire()
  const pieces = cutWire(wire, Number(size), subject.wholeFrames === true)
  if (pieces === null) {
    say({ version, unable: 'it loses frames that come in pieces', messages: 0, digest: 0 })
    return 0
  }
  let all = 0
  const counter = new Counter((message) => {
    all = digest(message, all)
    return all
  })
  const runner = new Runner(await subject.open(counter), counter, pieces, wire.ends.length)
  await runner.once()
  counter.tell = study.touch
  await runner.run(WARM_UP)
  say({ version, unable: null, messages: wire.ends.length, digest: all })
  for await (const text of createInterface({ input: process.stdin })) say(await runner.run(Number(text)))
  return 0
}

await runCommand('subject', main)
