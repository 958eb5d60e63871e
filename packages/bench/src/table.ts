import { type PeerResult, type ScenarioResult, summarize, type Verdict } from './result.js'
import type { Spread } from './statistics.js'

/** A figure with three or more significant digits and separators. */
export function figure(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** A whole number with separators. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 })
}

function range(spread: Spread): string {
  return `${figure(spread.min)}..${figure(spread.max)}`
}

function optional(value: number | null): string {
  return value === null ? '–' : figure(value)
}

/** Rows of cells as text; the first columns are flush left, the others flush right. */
export function layOut(rows: readonly (readonly string[])[], flushLeft = 1): string {
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  const lines = rows.map((row) =>
    row.map((cell, i) => (i < flushLeft ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')
  )
  return lines.map((line) => `  ${line.trimEnd()}`).join('\n')
}

function rowOf(peer: PeerResult, first: number): readonly string[] {
  const summary = summarize(peer)
  if (summary === null) return []
  const { cpu, perSecond, p50, p99, p999 } = summary
  const times = (cpu.median / first).toFixed(2)
  return [
    ...[peer.title, figure(cpu.median), range(cpu), times, figure(perSecond.median)],
    ...[optional(p50), optional(p99), optional(p999)]
  ]
}

function sentence(verdict: Verdict, titles: ReadonlyMap<string, string>): string {
  const { of, against, atMost, ratio, passed } = verdict
  const what = `${titles.get(of) ?? of} / ${titles.get(against) ?? against}`
  const wanted = `target at most ${atMost}`
  if (ratio === null) return `  ${what}: not measured, ${wanted}`
  const rounds = `${ratio.min.toFixed(2)}..${ratio.max.toFixed(2)}`
  return `  ${what}: ${ratio.median.toFixed(2)} (${rounds}), ${wanted}: ${passed ? 'pass' : 'FAIL'}`
}

/** Says of a target that was missed whether the floor, which nobody can undercut, misses it too. */
function reach({ against, atMost, passed, ratio }: Verdict, { peers }: ScenarioResult): readonly string[] {
  if (passed || ratio === null) return []
  const cpuOf = (wanted: string) => {
    const peer = peers.find(({ name }) => name === wanted)
    return peer === undefined ? null : (summarize(peer)?.cpu.median ?? null)
  }
  const floor = cpuOf('floor')
  const other = cpuOf(against)
  if (floor === null || other === null || floor / other <= atMost) return []
  return [`    out of reach here: the floor itself is at ${(floor / other).toFixed(2)}`]
}

/** One scenario's results as text. */
export function renderScenario(result: ScenarioResult, rounds: number, verdicts: readonly Verdict[]): string {
  const measured = result.peers.filter((peer) => summarize(peer) !== null)
  const lines = [`${result.title}  [${result.name}]`]
  if (measured.length > 0) {
    lines.push(`  ${figure(result.messages)} ${result.unit}s a run, ${rounds} rounds, medians`)
    const first = summarize(measured[0]!)!.cpu.median
    const head = ['', `CPU ns/${result.unit}`, 'min..max', '×', `${result.unit}s/s`, 'p50 µs', 'p99 µs', 'p99.9 µs']
    lines.push(layOut([head, ...measured.map((peer) => rowOf(peer, first))]))
  }
  for (const { title, absent, failed } of result.peers) {
    if (absent !== null) lines.push(`  ${title}: absent, ${absent}`)
    if (failed !== null) lines.push(`  ${title}: FAILED, ${failed}`)
  }
  const titles = new Map(result.peers.map(({ name, title }) => [name, title]))
  for (const verdict of verdicts) lines.push(sentence(verdict, titles), ...reach(verdict, result))
  return `${lines.join('\n')}\n`
}
