/** Words kept from one request to the next; a larger list is given up, so that one huge command does not stay in memory. */
const KEPT = 16_384

/** Where the arguments of a request lie: a list of (start, end), which grows as arguments arrive. */
export class Offsets {
  /** The offsets; the first `2 × count` words count. */
  words: Int32Array = new Int32Array(32)
  /** How many arguments are listed. */
  count = 0

  /** Lists one argument more. */
  push(start: number, end: number): void {
    const at = this.count * 2
    if (at === this.words.length) {
      const larger = new Int32Array(at * 2)
      larger.set(this.words)
      this.words = larger
    }
    this.words[at] = start
    this.words[at + 1] = end
    this.count += 1
  }

  /** Empties the list. What was lent of it before stays as it was or is overwritten. */
  clear(): void {
    if (this.words.length > KEPT) this.words = new Int32Array(32)
    this.count = 0
  }
}
