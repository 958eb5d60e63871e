import { parseArgs } from 'node:util'

/** One flag of a program. `read` makes the value of its text, or says what was expected. */
export interface Flag<T> {
  readonly standard: string
  /** What stands for the value in the help. */
  readonly placeholder: string
  readonly help: string
  read(text: string): { value: T } | { expected: string }
}

type Flags = Readonly<Record<string, Flag<unknown>>>
type Values<F extends Flags> = { readonly [Name in keyof F]: F[Name] extends Flag<infer T> ? T : never }

/** A TCP port; 0 lets the system choose. */
export function portFlag(standard: number, help: string): Flag<number> {
  return {
    standard: String(standard),
    placeholder: 'PORT',
    help,
    read: (text) =>
      /^\d{1,5}$/.test(text) && Number(text) < 65_536 ? { value: Number(text) } : { expected: 'a port from 0 to 65535' }
  }
}

/** A whole number from `least` on. */
export function numberFlag(standard: number, least: number, help: string): Flag<number> {
  return {
    standard: String(standard),
    placeholder: 'NUMBER',
    help,
    read: (text) =>
      /^\d{1,9}$/.test(text) && Number(text) >= least
        ? { value: Number(text) }
        : { expected: `a whole number from ${least} on` }
  }
}

/** Any text that is not empty. */
export function textFlag(standard: string, placeholder: string, help: string): Flag<string> {
  return {
    standard,
    placeholder,
    help,
    read: (text) => (text === '' ? { expected: 'a value that is not empty' } : { value: text })
  }
}

/** Where to listen in place of --host and --port; none is given by default. */
export function listenFlag(): Flag<readonly string[]> {
  return {
    standard: 'none',
    placeholder: 'URL[,URL]',
    help: 'in place of --host and --port: tcp://HOST:PORT, unix://PATH, fd://NUMBER, or systemd for what it hands over',
    read: (text) => ({ value: text === 'none' ? [] : text.split(',') })
  }
}

/** One of a few words; the first is the default. */
export function choiceFlag<const T extends string>(words: readonly [T, ...T[]], help: string): Flag<T> {
  return {
    standard: words[0],
    placeholder: words.join('|'),
    help,
    read: (text) => {
      const value = words.find((word) => word === text)
      return value === undefined ? { expected: words.join(' or ') } : { value }
    }
  }
}

/** A number from 1 to `most`; null for the word `standard`, which leaves the choice to others. */
export function countFlag(standard: string, most: number, help: string): Flag<number | null> {
  return {
    standard,
    placeholder: 'N',
    help,
    read: (text) => {
      if (text === standard) return { value: null }
      const fits = /^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= most
      return fits ? { value: Number(text) } : { expected: `a number from 1 to ${most}` }
    }
  }
}

/** Ends the program as one that was started wrongly: one line on stderr, exit code 2. */
export function refuse(program: string, why: string): never {
  process.stderr.write(`${program}: ${why}; try --help\n`)
  process.exit(2)
}

/** Reads the command line. `--help` and what is wrong end the program. */
export function readFlags<const F extends Flags>(program: string, purpose: string, flags: F): Values<F> {
  const options = Object.fromEntries(Object.keys(flags).map((name) => [name, { type: 'string' as const }]))
  // Not strict, because what it throws is longer than a line.
  const { tokens } = parseArgs({
    options: { ...options, help: { type: 'boolean', short: 'h' } },
    strict: false,
    tokens: true
  })
  const values = new Map(
    Object.entries(flags).map(([name, flag]) => [name, readValue(program, name, flag, flag.standard)])
  )
  for (const token of tokens) {
    if (token.kind === 'positional') refuse(program, `unexpected argument "${token.value}"`)
    if (token.kind === 'option-terminator') continue
    if (token.name === 'help') {
      process.stdout.write(helpText(program, purpose, flags))
      process.exit(0)
    }
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined
    if (flag === undefined) refuse(program, `there is no flag ${token.rawName}`)
    if (token.value === undefined) refuse(program, `${token.rawName} needs a value`)
    values.set(token.name, readValue(program, token.name, flag, token.value))
  }
  return Object.fromEntries(values) as Values<F>
}

function readValue(program: string, name: string, flag: Flag<unknown>, text: string): unknown {
  const result = flag.read(text)
  return 'value' in result ? result.value : refuse(program, `--${name}: expected ${result.expected}, got "${text}"`)
}

function helpText(program: string, purpose: string, flags: Flags): string {
  const lines = Object.entries(flags).map(([name, flag]) => {
    return `  ${`--${name} ${flag.placeholder}`.padEnd(32)} ${flag.help} (default: ${flag.standard})\n`
  })
  return `Usage: ${program} [flags]\n\n${purpose}\n\n${lines.join('')}  ${'--help'.padEnd(32)} show this\n`
}
