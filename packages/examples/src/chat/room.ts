/** Who is in a room, as the room sees them. */
export interface Member {
  readonly name: string
  readonly isOpen: boolean
  send(text: string): boolean
}

/** How many names `/who` tells at the most: one line must not grow with the room. */
const MOST_NAMES = 100

/** The members by their names, and what is said to all of them. */
export class Room {
  readonly #members = new Map<string, Member>()

  /** Takes somebody in under a name; false when another member has it. Names that differ in case alone are the same. */
  enter(name: string, member: Member): boolean {
    const key = name.toLowerCase()
    const holder = this.#members.get(key)
    if (holder !== undefined && holder !== member) return false
    this.#members.set(key, member)
    return true
  }

  /** Frees a name, if it is this member's. */
  leave(name: string, member: Member): void {
    const key = name.toLowerCase()
    if (this.#members.get(key) === member) this.#members.delete(key)
  }

  /**
   * Sends a line to everybody but `except`. It waits for nobody: what a member does not read is queued for that member, and one
   * with too much of it is cut by its own connection.
   */
  tell(text: string, except: Member): void {
    for (const member of this.#members.values()) {
      // Somebody who has said /quit, or was cut a moment ago, is here until its `onClose`.
      if (member !== except && member.isOpen) member.send(text)
    }
  }

  /** Who is here, in one line. */
  get roll(): string {
    const names = Array.from(this.#members.values(), ({ name }) => name)
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''
    return `${names.length} here: ${names.slice(0, MOST_NAMES).join(', ')}${more}`
  }
}
