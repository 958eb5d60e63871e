/** Output of one connection that its socket has not been given yet. */
export class OutputQueue {
  #pieces: Buffer[] = []
  #length = 0

  /** How many bytes are queued. */
  get length(): number {
    return this.#length
  }

  /** Appends bytes; the queue keeps them, so they must not change. */
  push(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#pieces.push(bytes)
    this.#length += bytes.length
  }

  /** Takes the pieces off the front of at most `most` bytes together, or a part of a first one that is longer. */
  take(most: number): Buffer {
    const pieces = this.#pieces
    const first = pieces[0] as Buffer
    if (first.length > most) {
      pieces[0] = first.subarray(most)
      this.#length -= most
      return first.subarray(0, most)
    }
    let count = 1
    let bytes = first.length
    while (count < pieces.length && bytes + (pieces[count] as Buffer).length <= most) {
      bytes += (pieces[count++] as Buffer).length
    }
    this.#length -= bytes
    const taken = pieces.splice(0, count)
    return count === 1 ? first : Buffer.concat(taken, bytes)
  }

  clear(): void {
    this.#pieces = []
    this.#length = 0
  }
}
