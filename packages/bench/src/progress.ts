/** Tells on standard error what is being done: one line that changes on a terminal, a line for each step elsewhere. */
export class Progress {
  readonly #terminal = process.stderr.isTTY === true
  #heading = ''

  /** What the next steps belong to. */
  begin(heading: string): void {
    this.#heading = heading
  }

  step(text: string): void {
    const line = `${this.#heading}: ${text}`
    process.stderr.write(this.#terminal ? `\r\x1b[K${line.slice(0, (process.stderr.columns || 80) - 1)}` : `${line}\n`)
  }

  /** A line that stays. */
  note(text: string): void {
    this.clear()
    process.stderr.write(`${this.#heading}: ${text}\n`)
  }

  /** Makes room for other output. */
  clear(): void {
    if (this.#terminal) process.stderr.write('\r\x1b[K')
  }
}
