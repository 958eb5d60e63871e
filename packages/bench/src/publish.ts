import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { paths } from './paths.js'
import { curvesOf } from './report/growth.js'
import { drawLineChart } from './report/line-chart.js'
import { figuresTable, growthTables, headlineTable, tally, targetsTable } from './report/markdown.js'
import { plotResults } from './report/plot.js'
import { drawTargets } from './report/target-chart.js'
import type { Run } from './run.js'
import type { Scenario } from './scenario.js'

/** A part of the documents that is made of a run: a picture, or the text between two marks. */
interface Piece {
  readonly file: string
  /** The name in the marks; a file without one is written whole. */
  readonly mark?: string
  readonly make: (run: Run) => string
}

/** What a run of all usual scenarios fills in. */
const usual: readonly Piece[] = [
  { file: 'docs/targets.svg', make: ({ scenarios }) => drawTargets(scenarios) },
  { file: 'docs/bench.svg', make: ({ scenarios }) => plotResults(scenarios) },
  { file: 'docs/performance.md', mark: 'targets', make: (run) => `${tally(run)} ${targetsTable(run)}` },
  { file: 'docs/performance.md', mark: 'figures', make: figuresTable },
  { file: 'README.md', mark: 'main', make: headlineTable }
]

/** What a run of `growth` fills in. */
const grown: readonly Piece[] = [
  { file: 'docs/growth.svg', make: ({ scenarios }) => drawLineChart('Cost as numbers grow', curvesOf(scenarios)) },
  { file: 'docs/performance.md', mark: 'growth', make: growthTables }
]

/** The text with what stands between the two marks of a name replaced. */
export function filledIn(text: string, mark: string, content: string): string {
  const [begin, end] = [`<!-- bench:${mark} -->`, `<!-- /bench:${mark} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`there are no marks "${begin}" and "${end}"`)
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`
}

/** Writes into the documents what the run is complete enough for; answers with the names of the pieces. */
export function publish(run: Run, scenarios: readonly Scenario[]): readonly string[] {
  const measured = new Set(run.scenarios.map(({ name }) => name))
  const isComplete = (some: readonly Scenario[]) => some.length > 0 && some.every(({ name }) => measured.has(name))
  const pieces = [
    ...(isComplete(scenarios.filter(({ extra }) => !extra)) ? usual : []),
    ...(isComplete(scenarios.filter(({ point }) => point !== undefined)) ? grown : [])
  ]
  return pieces.map(({ file, mark, make }) => {
    const path = join(paths.root, file)
    const content = make(run)
    writeFileSync(path, mark === undefined ? content : filledIn(readFileSync(path, 'utf8'), mark, content))
    return mark === undefined ? file : `${file} (${mark})`
  })
}
