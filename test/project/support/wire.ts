import { type Snippet, snippetsOf } from './markdown.js'

/** What a drawing says of the bytes of one or more of its rows. */
export interface Step {
  readonly bytes: Uint8Array
  /** Where they begin in what is received; of no meaning for what is only sent. */
  readonly at: number
  readonly mark: Mark
  /** What is promised, as it stands in the drawing: the code of a message, or of an error. */
  readonly promise: string
  /** The code of the error for what cannot be sent. */
  readonly refusal?: string
}

/**
 * `→` is received as, `←` is what is sent as, `⇄` both, `← ✗` cannot be sent. `✗` closes the connection by an error, `✗ alone` costs this
 * frame alone. `…` is not whole, `■` is where the stream ends, `■ →` makes a last message of the rest, `■ ✗` refuses it.
 */
export type Mark = '→' | '←' | '⇄' | '← ✗' | '✗' | '✗ alone' | '…' | '■' | '■ →' | '■ ✗'

/** A block of `wire`: the expression of a codec, and a box whose rows are bytes and what becomes of them. */
export interface Drawing {
  readonly place: string
  readonly codec: string
  readonly steps: readonly Step[]
}

const ABOVE = '│┌┐├┤┬┼'
const BELOW = '│└┘├┤┴┼'
const REFUSED = /^← (.+) ✗ (ERR_\w+)$/
const NOTE = /^(?:(→|←|⇄) (.+)|(✗) (ERR_\w+)( alone)?(?:, .*)?|(…)(?: .*)?|(■)(?: (?:(→) (.+)|(✗) (ERR_\w+)))?)$/

/** The drawings of a document. */
export function drawingsOf(file: string): Drawing[] {
  return snippetsOf(file)
    .filter(({ language }) => language === 'wire')
    .map(drawing)
}

/** Reads one drawing. */
export function drawing({ file, line, code }: Pick<Snippet, 'file' | 'line' | 'code'>): Drawing {
  const lines = code.split('\n')
  const top = lines.findIndex((text) => text.startsWith('┌'))
  const bottom = lines.findIndex((text) => text.startsWith('└'))
  const place = `${file}:${line}`
  if (top < 1 || bottom < top) throw new Error(`${place}: expected a codec, and a box under it`)
  for (let at = top; at <= bottom; at++) checkJoints(lines, at, `${file}:${line + at}`)
  const stray = lines.findIndex((text, at) => (at < top || at > bottom) && /[→←⇄✗■│]/.test(text))
  if (stray >= 0) throw new Error(`${file}:${line + stray}: expected what becomes of bytes beside them`)
  const rows = lines.slice(top, bottom).map((text, index) => ({ text, place: `${file}:${line + top + index}` }))
  const codec = lines.slice(0, top).join('\n').trim()
  return { place, codec, steps: stepsOf(rows.filter(({ text }) => text.startsWith('│'))) }
}

function stepsOf(rows: readonly { text: string; place: string }[]): Step[] {
  const steps: Step[] = []
  let bytes: number[] = []
  let at = 0
  for (const { text, place } of rows) {
    const end = text.lastIndexOf('│')
    for (const cell of text.slice(0, end).split('│')) bytes.push(...bytesOf(cell, place))
    const read = noteOf(text.slice(end + 1).trim(), place)
    if (read === undefined) continue
    steps.push({ bytes: Uint8Array.from(bytes), at, ...read })
    if (read.mark === '← ✗' && bytes.length > 0) throw new Error(`${place}: expected no bytes of what cannot be sent`)
    if (!read.mark.startsWith('←')) at += bytes.length
    bytes = []
  }
  if (bytes.length > 0) throw new Error(`${rows.at(-1)?.place}: expected what becomes of these bytes`)
  const last = steps.findLastIndex(({ mark }) => !mark.startsWith('←'))
  const early = steps.findIndex(({ mark }, index) => index < last && /^(✗$|…|■)/.test(mark))
  if (early >= 0) throw new Error(`${rows[0]?.place}: nothing is received behind ${steps[early]?.mark}`)
  return steps
}

function noteOf(note: string, place: string): Pick<Step, 'mark' | 'promise' | 'refusal'> | undefined {
  const [, unsendable, refusal] = REFUSED.exec(note) ?? []
  if (unsendable !== undefined && refusal !== undefined) return { mark: '← ✗', promise: unsendable, refusal }
  const [, way, message, error, code, alone, wait, end, last, rest, cut, why] = NOTE.exec(note) ?? []
  if (way !== undefined) return { mark: way as Mark, promise: message as string }
  if (error !== undefined) return { mark: alone === undefined ? '✗' : '✗ alone', promise: code as string }
  if (wait !== undefined) return { mark: '…', promise: 'ERR_TRUNCATED' }
  if (last !== undefined) return { mark: '■ →', promise: rest as string }
  if (cut !== undefined) return { mark: '■ ✗', promise: why as string }
  if (end !== undefined) return { mark: '■', promise: '' }
  if (/[→←⇄✗…■]/.test(note)) throw new Error(`${place}: cannot read what becomes of the bytes: ${note}`)
  return undefined
}

/**
 * The bytes of a cell: two hexadecimal digits in capitals are a byte, `×300` repeats the byte before it, what is in quotation marks or is
 * anything else is text, in which `\r`, `\n`, `\t` and `\0` stand for what they do in JavaScript.
 */
function bytesOf(cell: string, place: string): number[] {
  const bytes: number[] = []
  for (const [token] of cell.matchAll(/"(?:[^"\\]|\\.)*"|\S+/g)) {
    if (/^[0-9A-F]{2}$/.test(token)) bytes.push(Number.parseInt(token, 16))
    else if (/^×\d+$/.test(token) && bytes.length > 0)
      bytes.push(...new Array<number>(Number(token.slice(1)) - 1).fill(bytes.at(-1) as number))
    else if (token.startsWith('"')) bytes.push(...Buffer.from(JSON.parse(token.replaceAll('\\0', '\\u0000')) as string))
    else bytes.push(...Buffer.from(unescaped(token, place)))
  }
  return bytes
}

const ESCAPES: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', 0: '\0', '\\': '\\' }

function unescaped(token: string, place: string): string {
  return token.replaceAll(/\\(.?)/g, (_, letter: string) => {
    const meant = ESCAPES[letter]
    if (meant === undefined) throw new Error(`${place}: unknown escape \\${letter}`)
    return meant
  })
}

/** Makes sure that the lines of a box meet. */
function checkJoints(lines: readonly string[], at: number, place: string): void {
  const text = lines[at] as string
  for (const [column, sign] of [...text].entries()) {
    if (BELOW.includes(sign) && !ABOVE.includes(lines[at - 1]?.[column] ?? ' '))
      throw new Error(`${place}: nothing stands above the ${sign} in column ${column + 1}`)
    if (ABOVE.includes(sign) && !BELOW.includes(lines[at + 1]?.[column] ?? ' '))
      throw new Error(`${place}: nothing stands below the ${sign} in column ${column + 1}`)
  }
}
