import { type CloseReason, Connection, ShinyError, type TimeoutKind } from '@shiny/core'
import type { Room } from './room.js'

const HELP = '* /nick NAME, /who, /quit; anything else is said to all'
const A_NAME = /^[\p{L}\p{N}_-]{1,20}$/u

/** Everything that could move a terminal's cursor, or end a line early. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be passed on
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g

/** One member of the room, who sends and receives lines. */
export class Chatter extends Connection<string, string, Room> {
  name = ''

  override onOpen(): void {
    this.name = `guest-${this.id}`
    // A member may have taken even such a name; the number is for this connection alone, so that one more sign is enough.
    while (!this.app.enter(this.name, this)) this.name += '-'
    this.send(`* You are ${this.name}. ${HELP.slice(2)}`)
    this.app.tell(`* ${this.name} has come in`, this)
  }

  override onMessage(line: string): void {
    // What a stranger wrote goes to other people's terminals.
    const text = line.replace(CONTROLS, '').trim()
    if (text === '') return
    if (text.startsWith('/')) this.#command(text)
    else this.app.tell(`${this.name}: ${text}`, this)
  }

  /** A line that is too long is refused alone. Everything else ends the connection, and there is nobody left to tell. */
  override onError(error: Error): void | 'continue' {
    if (!(error instanceof ShinyError) || error.code !== 'ERR_FRAME_TOO_LONG') return
    this.send('! Your line is too long and was not said')
    return 'continue'
  }

  override onTimeout(kind: TimeoutKind): void {
    if (kind === 'idle') this.send('! Nothing has happened here for too long. Bye')
    if (kind === 'read') this.send('! Your line takes too long. Bye')
  }

  override onClose({ error }: CloseReason): void {
    this.app.leave(this.name, this)
    const why = error instanceof ShinyError && error.code === 'ERR_OUTPUT_LIMIT' ? ': did not read' : ''
    this.app.tell(`* ${this.name} has left${why}`, this)
  }

  #command(text: string): void {
    const [command, ...rest] = text.split(/\s+/)
    if (command === '/nick') this.#rename(rest.join(' '))
    else if (command === '/who') this.send(`* ${this.app.roll}`)
    else if (command === '/quit') this.end('* Bye')
    else if (command === '/help') this.send(HELP)
    else this.send(`! There is no ${command}. ${HELP.slice(2)}`)
  }

  #rename(name: string): void {
    const before = this.name
    if (!A_NAME.test(name)) this.send('! A name has 1 to 20 letters, digits, _ or -')
    else if (!this.app.enter(name, this)) this.send(`! ${name} is somebody else`)
    else {
      if (name.toLowerCase() !== before.toLowerCase()) this.app.leave(before, this)
      this.name = name
      this.send(`* You are ${name}`)
      this.app.tell(`* ${before} is now ${name}`, this)
    }
  }
}
