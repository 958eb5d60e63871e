// Goal: docs/reliability.md promises nothing that no test shows.
// Method: each row of its table of faults names tests or figures of the scorecard; look up that they exist.

import t from 'tap'
import { filesIn, read } from './support/repository.js'

const FAULTS = 54

interface Row {
  readonly number: number
  readonly shown: string
}

const rows: Row[] = [...read('docs/reliability.md').matchAll(/^\| (\d+) \|.*\| ([^|]+) \|$/gm)].map((match) => ({
  number: Number(match[1]),
  shown: match[2] as string
}))
const references = rows.flatMap(({ number, shown }) =>
  [...shown.matchAll(/`([\w./-]+): ([^`]+)`/g)].map((match) => ({
    number,
    place: match[1] as string,
    name: match[2] as string
  }))
)

t.test('every fault has a row, in order', async (t) => {
  t.strictSame(
    rows.map(({ number }) => number),
    Array.from({ length: FAULTS }, (_, i) => i + 1)
  )
})

t.test('every row names a test or a figure, or says why it does not apply', async (t) => {
  const shown = new Set(references.map(({ number }) => number))
  const silent = rows.filter((row) => !shown.has(row.number) && !row.shown.startsWith('Does not apply: '))
  t.strictSame(silent, [])
})

t.test('the tests and figures that are named exist', async (t) => {
  t.ok(references.length > FAULTS, 'there are names to look up')
  t.strictSame(
    references.filter(({ place, name }) => !exists(place, name)),
    []
  )
})

/** `native/x_test: a_case`, `scorecard: figure`, or `conformance/stop: a name`, as it stands in the file. */
function exists(place: string, name: string): boolean {
  if (place === 'scorecard') return scorecard().includes(`'${name}'`)
  if (place.startsWith('native/'))
    return new RegExp(`^(void|int) ${name}\\(`, 'm').test(source(`packages/native/test/${place.slice(7)}.cc`))
  const text = source(`test/${place}.test.ts`)
  return ["'", '`', '"'].some((quote) => text.includes(`${quote}${name}${quote}`))
}

function source(path: string): string {
  const file = filesIn(path.slice(0, path.lastIndexOf('/')), '.ts', '.cc').find((one) => one === path)
  return file === undefined ? '' : read(file)
}

function scorecard(): string {
  return filesIn('packages/bench/src/scorecard', '.ts').map(read).join('\n')
}
