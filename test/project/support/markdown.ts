import { posix } from 'node:path'
import { filesIn, read } from './repository.js'

/** A fenced block of code in a document. */
export interface Snippet {
  readonly file: string
  /** The line of the document on which the code begins, from 1. */
  readonly line: number
  /** What stands behind the opening fence: `ts`, `sh`, … */
  readonly language: string
  readonly code: string
}

/** A link of a document. */
export interface Link {
  readonly file: string
  readonly target: string
}

/** The documents that are checked: the README, CONTRIBUTING, CHANGELOG and the guides. */
export function documents(): string[] {
  const guides = filesIn('docs', '.md').filter((file) => !file.startsWith('docs/site/'))
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...guides]
}

/** The fenced blocks of a document, or of the comments of a source. */
export function snippetsOf(file: string): Snippet[] {
  const found: Snippet[] = []
  const lines = (file.endsWith('.ts') ? commentsOf(read(file)) : read(file)).split('\n')
  for (let at = 0; at < lines.length; at++) {
    const language = /^```(.*)$/.exec(lines[at] as string)?.[1]
    if (language === undefined) continue
    const start = at + 1
    while (at + 1 < lines.length && lines[at + 1] !== '```') at++
    found.push({ file, line: start + 1, language: language.trim(), code: lines.slice(start, ++at).join('\n') })
  }
  return found
}

/** The comments of a source, on the lines on which they stand. */
function commentsOf(source: string): string {
  return source.replaceAll(/^.*$/gm, (line) => /^ *\* ?(.*)$/.exec(line)?.[1] ?? '')
}

/** A document without its fenced blocks. */
export function proseOf(file: string): string {
  return read(file).replaceAll(/^```.*\n[\s\S]*?^```$/gm, '')
}

/** The headings of a document below its title, each with its level. */
export function headingsOf(file: string): { level: number; text: string }[] {
  const matches = proseOf(file).matchAll(/^(#+) +(.*)$/gm)
  return [...matches].map(([, marks, text]) => ({ level: (marks as string).length, text: (text as string).trim() }))
}

/** The documents that the front matter of one has below it on the site. */
export function childrenOf(file: string): string[] {
  const front = /^---\n[\s\S]*?^children:\n((?: +- .*\n)+)[\s\S]*?^---$/m.exec(read(file))?.[1] ?? ''
  return [...front.matchAll(/- (.*)/g)].map(([, path]) => posix.join(posix.dirname(file), path as string))
}

/** The cells of the tables of a document, row by row, without those that only part the head from the rest. */
export function rowsOf(text: string): string[][] {
  const rows = [...text.matchAll(/^\|(.*)\|$/gm)].map(([, row]) =>
    (row as string).split(/(?<!\\)\|/).map((cell) => cell.trim())
  )
  return rows.filter((cells) => !cells.every((cell) => /^-+$/.test(cell)))
}

/** The links of a document's prose. */
export function linksOf(file: string): Link[] {
  const matches = proseOf(file).matchAll(/\[[^\]]*\]\(([^()\s]+(?:\([^()]*\))?[^()\s]*)\)/g)
  return [...matches].map((match) => ({ file, target: match[1] as string }))
}

/** The anchor of a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')
}
