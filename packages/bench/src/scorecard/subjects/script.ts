/** What a scripted connection can do; both kinds of server offer it. */
export interface Actor {
  send(line: string): unknown
  end(): void
  pause(): void
  /** Sends `line` when the peer ends its side. */
  atEnd(line: string): void
}

/** The last big reply, so that making it is not what is measured. */
let big = ''

/**
 * Does what a line of the peer says: `big N` sends a line of N bytes, `end TEXT` sends TEXT and closes, `pause` reads
 * no further, `last TEXT` sends TEXT once the peer has ended, and anything else is sent back.
 */
export function perform(actor: Actor, line: string): void {
  const [verb = '', argument = ''] = line.split(' ', 2)
  switch (verb) {
    case 'big':
      if (big.length !== Number(argument)) big = 'x'.repeat(Number(argument))
      actor.send(big)
      return
    case 'end':
      actor.send(argument)
      actor.end()
      return
    case 'pause':
      actor.pause()
      return
    case 'last':
      actor.atEnd(argument)
      return
    default:
      actor.send(line)
  }
}
