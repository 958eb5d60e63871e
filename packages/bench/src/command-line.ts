import { parseArgs } from 'node:util'

/** What a user got wrong; told in one line, exit code 2. */
export class UsageError extends Error {}

/** One flag: a switch unless it has a `value`, the placeholder that the help shows. */
export interface Flag {
  readonly help: string
  readonly value?: string
  readonly default?: string
}

type Parsed<F extends Record<string, Flag>> = {
  [K in keyof F]: F[K] extends { value: string }
    ? F[K] extends { default: string }
      ? string
      : string | undefined
    : boolean
}

/** Reads flags as `spec` describes them, and words beside them; throws a {@link UsageError} of one line. */
export function parseCommand<const F extends Record<string, Flag>>(
  spec: F,
  argv: readonly string[],
  allowPositionals = true
): [flags: Parsed<F>, words: readonly string[]] {
  const options = Object.fromEntries(
    Object.entries(spec).map(([name, flag]) => [
      name,
      { type: flag.value === undefined ? 'boolean' : 'string' } as const
    ])
  )
  let parsed: { values: Record<string, unknown>; positionals: readonly string[] }
  try {
    parsed = parseArgs({ args: [...argv], options, strict: true, allowPositionals })
  } catch (error) {
    // The messages of parseArgs go on with advice on positional arguments, which are of no use here.
    throw new UsageError(`${(error as Error).message.split(/[.\n]/, 1)[0]}; see --help`)
  }
  const complete = Object.entries(spec).map(([name, flag]) => [
    name,
    parsed.values[name] ?? (flag.value === undefined ? false : flag.default)
  ])
  return [Object.fromEntries(complete) as Parsed<F>, parsed.positionals]
}

/** Reads flags alone. */
export function parseFlags<const F extends Record<string, Flag>>(spec: F, argv: readonly string[]): Parsed<F> {
  return parseCommand(spec, argv, false)[0]
}

/** The help text of a command. */
export function helpText(usage: string, spec: Record<string, Flag>): string {
  const names = Object.entries(spec).map(([name, flag]) => (flag.value ? `--${name} ${flag.value}` : `--${name}`))
  const width = Math.max(...names.map((name) => name.length))
  const lines = Object.values(spec).map((flag, i) => {
    const initial = flag.default === undefined ? '' : ` (default ${flag.default})`
    return `  ${names[i]!.padEnd(width)}  ${flag.help}${initial}`
  })
  return [`usage: ${usage}`, '', ...lines].join('\n')
}

/** The number that a flag's text is, when it lies within the bounds. */
export function numberOf(flag: string, text: string, least: number, most: number, whole = true): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value
  const kind = whole ? 'a whole number' : 'a number'
  throw new UsageError(`--${flag} takes ${kind} from ${least} to ${most}, not "${text}"`)
}

/** Runs a command's body. Any error is one line; the exit code is 2 for a {@link UsageError} and otherwise 1. */
export async function runCommand(name: string, body: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await body()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    process.stderr.write(`${name}: ${message}\n`)
    process.exitCode = error instanceof UsageError ? 2 : 1
  }
}
