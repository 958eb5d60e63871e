import { line } from '@shiny/codecs'
import type { CloseReason } from '@shiny/core'
import { Connection, type Server } from '@shiny/core'
import { frame, frames } from './frames.js'
import type { Journal } from './journal.js'
import type { Peer } from './peer.js'

/**
 * What is known of one connection: what either side has sent, what has arrived, and which hooks were called. A letter stands for
 * a hook: `o`pen, `m`essage, `w`ake, `d`rain, `e`nd, error (`x`), `c`lose; `u` for an upgrade.
 */
export class Life {
  trace = ''
  /** What the peer has sent, and what of it was delivered. */
  readonly asked: string[] = []
  readonly delivered: string[] = []
  /** What the server has sent, as bytes. */
  readonly answered: Buffer[] = []
  handler: Handler | null = null
  reason: CloseReason | null = null
  /** This side closed, or a handler failed: what the peer sends after that need not be delivered. */
  cut = false
  /** It was destroyed, or reset: what was sent need not arrive. */
  broken = false
  /** The peer has ended its side, or is gone. */
  peerEnded = false
  /** What the peer speaks. */
  framed = false

  /** Set when it has connected, which the server may see first. */
  peer!: Peer

  get isClosed(): boolean {
    return this.trace.endsWith('c')
  }

  /** The peer sends a message in the protocol of the moment; `go` changes it. */
  ask(text: string): void {
    if (this.peerEnded) return
    this.asked.push(text)
    void this.peer.write(this.framed ? frame(text) : `${text}\n`)
    if (text === 'go') this.framed = !this.framed
  }
}

/** What the connections of a model share: the lives, in the order in which they were accepted. */
export interface World {
  readonly journal: Journal
  readonly lives: Life[]
  server: Server<string, string, World> | null
  /** How many have been accepted. */
  accepted: number
}

/** Does what it is woken for, and writes its life down. */
abstract class Handler<In = string> extends Connection<In, string, World> {
  life!: Life
  abstract wire(text: string): Buffer

  note(letter: string): void {
    this.life.trace += letter
    this.app.journal.note(letter)
  }

  answer(text: string): void {
    if (!this.isOpen) return
    this.life.answered.push(this.wire(text))
    this.send(text)
  }

  override onMessage(message: In): void {
    const text = String(message)
    this.life.delivered.push(text)
    this.note('m')
    if (text === 'go') this.change()
    else this.answer(`re ${text}`)
  }

  abstract change(): void

  override onDrain(): void {
    this.note('d')
  }
  override onEnd(): void {
    this.note('e')
  }
  override onError(): void {
    this.note('x')
  }
  override onClose(reason: CloseReason): void {
    this.life.reason = reason
    this.note('c')
  }
  override onWake(work: unknown): void {
    this.note('w')
    ;(work as (connection: Handler) => void)(this as unknown as Handler)
  }

  adopt(life: Life): void {
    this.life = life
    life.handler = this as unknown as Handler
  }
}

/** Speaks lines. */
export class Lines extends Handler {
  override onOpen(): void {
    if (this.life !== undefined) return
    this.adopt(this.app.lives[this.app.accepted++] as Life)
    this.note('o')
  }
  override wire(text: string): Buffer {
    return Buffer.from(`${text}\n`)
  }
  override change(): void {
    this.note('u')
    const { life } = this
    this.upgrade(frames(), Framed).adopt(life)
  }
}

/** Speaks frames. */
class Framed extends Handler<string | null> {
  override wire(text: string): Buffer {
    return frame(text)
  }
  override change(): void {
    this.note('u')
    const { life } = this
    this.upgrade(line(), BackToLines).adopt(life)
  }
}

class BackToLines extends Lines {
  override onOpen(): void {}
}

export type { Handler }
