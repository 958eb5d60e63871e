import type { Row } from './row.js'

/** All commands. An index in `rows` is a command's token, because the codec is told the names in the same order. */
export class CommandTable {
  readonly rows: readonly Row[]
  readonly #byName: ReadonlyMap<string, Row>

  constructor(rows: readonly Row[]) {
    this.rows = rows
    this.#byName = new Map(rows.map((row) => [row.name, row]))
  }

  /** The names, in upper case. */
  get names(): string[] {
    return this.rows.map((row) => row.name)
  }

  /** Those that COMMAND tells of. */
  get documented(): Row[] {
    return this.rows.filter((row) => row.summary !== '')
  }

  /** The command of this name, which is in upper case. */
  find(name: string): Row | undefined {
    return this.#byName.get(name)
  }
}
