import { figureKinds } from '../figures.js'
import { renderMachine } from '../machine.js'
import { compare, type Judged, type PeerResult, spreadFor } from '../result.js'
import type { Run } from '../run.js'
import { counted, figure, grouped } from '../table.js'
import { curvesOf, growthRows } from './growth.js'
import { allowedText, measuredText, outcome, subjectOf } from './text.js'

/** Rows of cells as a Markdown table; `sides` has an l or an r for each column, and the last holds for all that follow. */
function tableOf([head, ...rows]: readonly (readonly string[])[], sides: string): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = head!.map((_, i) => ((sides[i] ?? sides.at(-1)) === 'l' ? '---' : '---:'))
  return [line(head!), `|${rule.join('|')}|`, ...rows.map(line)].join('\n')
}

/** When and on what it was measured. */
function caption({ when, machine, effort }: Run): string {
  const where = renderMachine(machine).trim().replaceAll('\n', '; ')
  return `Measured on ${when.slice(0, 10)}, ${counted(effort.rounds, 'round')}: ${where}.`
}

/** All targets, what was measured, and whether they were met. */
export function targetsTable(run: Run): string {
  const rows = run.scenarios.flatMap((result) =>
    result.targets.map((verdict, i) => {
      const { measured, remark } = verdict
      const text = (value: number) => measuredText(verdict, value)
      const told = measured === null ? '–' : `${text(measured.median)} (${text(measured.min)}..${text(measured.max)})`
      const passed = verdict.passed === false ? '**missed**' : outcome(verdict)
      return [
        i === 0 ? result.title : '',
        subjectOf(verdict, result),
        told,
        allowedText(verdict),
        remark === null ? passed : `${passed}: ${remark}`
      ]
    })
  )
  return `${caption(run)}\n\n${tableOf([['load', 'figure', 'measured', 'at most', ''], ...rows], 'llrrl')}`
}

function figureRows({ title, unit, figures, peers }: Judged): readonly (readonly string[])[] {
  const [main] = figures
  const first = peers.map((peer) => spreadFor(peer, main!)).find((spread) => spread !== null)
  return peers.map((peer, i) => {
    const cell = (name: (typeof figures)[number]) => {
      const spread = figures.includes(name) ? spreadFor(peer, name) : null
      return spread === null ? '' : figure(spread.median)
    }
    const spread = spreadFor(peer, main!)
    const cells = spread
      ? [
          `${figure(spread.median)} (${figure(spread.min)}..${figure(spread.max)})`,
          (spread.median / first!.median).toFixed(2)
        ]
      : [peer.absent === null ? 'failed' : 'absent', '']
    const heading = i === 0 ? `${title}: ${figureKinds[main!].heading(unit)}` : ''
    return [heading, peer.title, ...cells, cell('perSecond'), cell('p50'), cell('p99'), cell('p999')]
  })
}

/** All figures of all peers. */
export function figuresTable({ scenarios }: Run): string {
  const head = ['load', 'server', 'median (least..greatest)', '×', 'a second', 'p50 µs', 'p99 µs', 'p99.9 µs']
  return tableOf([head, ...scenarios.filter(({ point }) => point === undefined).flatMap(figureRows)], 'llr')
}

/** The curves of growth. */
export function growthTables(run: Run): string {
  const tables = curvesOf(run.scenarios).map((curve) => {
    const missing = curve.missing.map((line) => `Left out: ${line}.`)
    return [`${curve.heading} as ${curve.of} grow:`, tableOf(growthRows(curve), 'r'), ...missing].join('\n\n')
  })
  return [caption(run), ...tables].join('\n\n')
}

/** The peers that the main figures are held against: the heading, and the names that it goes by. */
const columns: readonly (readonly [heading: string, ...names: string[]])[] = [
  ['a server in C', 'floor', 'respFloor'],
  ['`node:net`', 'net', 'netLine'],
  ['Bun', 'bun'],
  ['Redis', 'redis'],
  ['haproxy', 'haproxy']
]

/** The scenarios that the main figures are of. */
const headlines = [
  ...['echo-50', 'echo-500', 'echo-50x100', 'echo-1m', 'line-50x100', 'churn', 'memory-idle', 'memory-keys'],
  ...[
    'resp-p128-ping_mbulk',
    'resp-p128-set',
    'resp-p128-get',
    'resp-random-get',
    'resp-p1-get',
    'proxy-50',
    'proxy-1m'
  ]
]

/** The main figures: what shiny needs as a part of what each peer does. */
export function headlineTable(run: Run): string {
  const chosen = run.scenarios.filter(({ name }) => headlines.includes(name))
  const isOurs = ({ title }: PeerResult) => title.startsWith('shiny')
  const cells = chosen.map(({ peers, figures }) =>
    columns.map(([, ...names]) => {
      const ratio = compare(
        'ratio',
        peers.find(isOurs),
        peers.find(({ name }) => names.includes(name)),
        figures[0]!
      )
      return ratio === null ? '' : ratio.median.toFixed(2)
    })
  )
  const used = columns.map((_, i) => cells.some((row) => row[i] !== ''))
  const keep = (row: readonly string[]) => row.filter((_, i) => used[i])
  const head = ['load', ...keep(columns.map(([heading]) => `of ${heading}`))]
  const rows = chosen
    .map(({ title }, i) => [title, ...keep(cells[i]!)])
    .filter((row) => row.some((cell, i) => i > 0 && cell))
  return `${caption(run)}\n\n${tableOf([head, ...rows], 'lr')}`
}

/** How many targets were met, in a sentence. */
export function tally({ scenarios }: Run): string {
  const verdicts = scenarios.flatMap(({ targets }) => targets)
  const met = verdicts.filter(({ passed }) => passed).length
  const unknown = verdicts.filter(({ passed }) => passed === null).length
  return `${grouped(met)} of ${grouped(verdicts.length)} targets are met${unknown > 0 ? `, ${unknown} were not measured` : ''}.`
}
