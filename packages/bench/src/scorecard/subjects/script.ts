/** What a scripted connection can do; both kinds of server offer it. */
export interface Actor {
  send(line: string): unknown
  end(): void
  pause(): void
  /** Sends a last line and ends this side alone. */
  halfClose(last: string): void
  /** What it does when the peer has ended its side; null: it ends too. */
  atEnd: (() => void) | null
}

/** The last big reply, so that making it is not what is measured. */
let big = ''

function reply(actor: Actor, size: number): void {
  if (big.length !== size) big = 'x'.repeat(size)
  actor.send(big)
}

function sayLast(actor: Actor, text: string): void {
  actor.send(text)
  actor.end()
}

/**
 * Does what a line of the peer says: `big N` sends a line of N bytes, `end TEXT` sends TEXT and closes, `half TEXT` sends TEXT and
 * ends this side alone, `pause` reads no further. When the peer has ended, `last TEXT` sends TEXT, `late TEXT` sends it some turns
 * later, and `stay` leaves this side open. Any other line is sent back.
 */
export function perform(actor: Actor, line: string): void {
  const [verb = '', argument = ''] = line.split(' ', 2)
  switch (verb) {
    case 'big':
      return reply(actor, Number(argument))
    case 'end':
      return sayLast(actor, argument)
    case 'half':
      return actor.halfClose(argument)
    case 'pause':
      return actor.pause()
    case 'last':
      actor.atEnd = () => sayLast(actor, argument)
      return
    case 'late':
      actor.atEnd = () => void setTimeout(() => sayLast(actor, argument), 50)
      return
    case 'stay':
      actor.atEnd = () => {}
      return
    default:
      actor.send(line)
  }
}
