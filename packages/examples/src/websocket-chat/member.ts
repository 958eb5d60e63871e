import { WebSocketConnection } from '@shiny/codecs/web-socket'
import type { TimeoutKind } from '@shiny/core'
import * as z from 'zod'
import type { Hall } from './entrance.js'

/** What a page may say. */
const said = z.discriminatedUnion('type', [
  z.object({ type: z.literal('join'), name: z.string().regex(/^[\p{L}\p{N}_-]{1,20}$/u) }),
  z.object({ type: z.literal('say'), text: z.string().trim().min(1).max(1000) })
])

/** What is said to a page. */
type Told =
  | { readonly type: 'joined' | 'left'; readonly name: string; readonly here: string }
  | { readonly type: 'said'; readonly name: string; readonly text: string }
  | { readonly type: 'refused'; readonly why: string }

/** A close code of our own: 4000 and above mean what a program wants. */
const NONSENSE = 4000

/** One page, by its WebSocket. It is in the room once it has a name. */
export class Member extends WebSocketConnection<Hall> {
  name = ''
  #asked = false

  override onText(text: string): void {
    this.#asked = false
    const message = parse(text)
    if (message === null) this.endWith(NONSENSE, 'this is not understood here')
    else if (message.type === 'join') this.#join(message.name)
    else if (this.name === '') this.#tell({ type: 'refused', why: 'Choose a name first' })
    else this.#tellAll({ type: 'said', name: this.name, text: message.text })
  }

  /** Who is silent is asked once; browsers answer a ping by themselves. */
  override onTimeout(kind: TimeoutKind): void | 'continue' {
    if (kind !== 'idle' || this.#asked || !this.isOpen) return
    this.#asked = true
    this.ping()
    return 'continue'
  }

  override onPong(): void {
    this.#asked = false
  }

  override onClose(): void {
    if (this.name === '') return
    const { room } = this.app
    room.leave(this.name, this)
    room.tell(JSON.stringify({ type: 'left', name: this.name, here: room.roll } satisfies Told), this)
  }

  #join(name: string): void {
    const { room } = this.app
    if (this.name !== '') this.#tell({ type: 'refused', why: `You are ${this.name} already` })
    else if (!room.enter(name, this)) this.#tell({ type: 'refused', why: `${name} is somebody else` })
    else {
      this.name = name
      this.#tellAll({ type: 'joined', name, here: room.roll })
    }
  }

  #tell(message: Told): void {
    if (this.isOpen) this.send(JSON.stringify(message))
  }

  /** Everybody, and oneself: what a page shows is what has come back. */
  #tellAll(message: Told): void {
    this.#tell(message)
    this.app.room.tell(JSON.stringify(message), this)
  }
}

function parse(text: string): z.output<typeof said> | null {
  try {
    return said.parse(JSON.parse(text))
  } catch {
    return null
  }
}
