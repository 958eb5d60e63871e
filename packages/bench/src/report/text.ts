import { type FigureName, figureKinds } from '../figures.js'
import { type Judged, type PeerResult, spreadFor, type Verdict } from '../result.js'
import type { Spread } from '../statistics.js'
import { counted, figure, grouped, layOut } from '../table.js'

function range(spread: Spread): string {
  return `${figure(spread.min)}..${figure(spread.max)}`
}

/** The titles of a table of one scenario: the main figure has its range and its proportion beside it. */
function headOf({ unit, figures }: Judged): readonly string[] {
  const [main, ...others] = figures.map((name) => figureKinds[name].heading(unit))
  return ['', main!, 'min..max', '×', ...others]
}

function rowOf(peer: PeerResult, figures: readonly FigureName[], first: number): readonly string[] {
  const [main, ...others] = figures.map((name) => spreadFor(peer, name))
  const cells = others.map((spread) => (spread ? figure(spread.median) : '–'))
  return main ? [peer.title, figure(main.median), range(main), (main.median / first).toFixed(2), ...cells] : []
}

/** What a target is about, in words: a ratio of two peers, a difference, or one peer alone. */
export function subjectOf({ of, kind, against }: Verdict, { peers }: Pick<Judged, 'peers'>): string {
  const title = (name: string) => peers.find((peer) => peer.name === name)?.title ?? name
  if (against === null) return title(of)
  return kind === 'ratio' ? `${title(of)} / ${title(against)}` : `${title(of)} − ${title(against)}`
}

/** A ratio with two decimals, or another value by its size; the value of a target as short as it is. */
export function measuredText({ kind }: Pick<Verdict, 'kind'>, value: number): string {
  return kind === 'ratio' ? value.toFixed(2) : figure(value)
}

/** What a target allows. */
export function allowedText({ atMost }: Pick<Verdict, 'atMost'>): string {
  return `${Math.round(atMost * 1000) / 1000}`
}

/** How it went with a target. */
export function outcome({ passed }: Verdict): string {
  return passed === null ? 'not measured' : passed ? 'pass' : 'FAIL'
}

function sentences(verdict: Verdict, result: Judged): readonly string[] {
  const { measured, remark } = verdict
  const what = `  ${subjectOf(verdict, result)}`
  const wanted = `target at most ${allowedText(verdict)}`
  if (measured === null) return [`${what}: not measured, ${wanted}`]
  const [median, min, max] = [measured.median, measured.min, measured.max].map((x) => measuredText(verdict, x))
  const line = `${what}: ${median} (${min}..${max}), ${wanted}: ${outcome(verdict)}`
  return remark === null ? [line] : [line, `    ${remark}`]
}

/** One scenario's results as text. */
export function renderScenario(result: Judged, rounds: number): string {
  const { unit, amount, figures, peers } = result
  const [main] = figures
  const mains = peers.flatMap((peer) => spreadFor(peer, main!) ?? [])
  const lines = [`${result.title}  [${result.name}]`]
  if (mains.length > 0) {
    const run = amount === null ? '' : `${grouped(amount)} ${unit.many} a run, `
    const rows = peers.map((peer) => rowOf(peer, figures, mains[0]!.median)).filter((row) => row.length > 0)
    lines.push(`  ${run}${counted(rounds, 'round')}, medians`, layOut([headOf(result), ...rows]))
  }
  for (const { title, absent, failed } of peers) {
    if (absent !== null) lines.push(`  ${title}: absent, ${absent}`)
    if (failed !== null) lines.push(`  ${title}: FAILED, ${failed}`)
  }
  lines.push(...result.targets.flatMap((verdict) => sentences(verdict, result)))
  return `${lines.join('\n')}\n`
}

/** All targets of a run in one table, and how many were met. */
export function renderTargets(results: readonly Judged[]): string {
  const rows = results.flatMap((result) =>
    result.targets.map((verdict) => [
      result.name,
      subjectOf(verdict, result),
      verdict.measured === null ? '–' : measuredText(verdict, verdict.measured.median),
      verdict.measured === null
        ? ''
        : `${measuredText(verdict, verdict.measured.min)}..${measuredText(verdict, verdict.measured.max)}`,
      allowedText(verdict),
      outcome(verdict)
    ])
  )
  if (rows.length === 0) return 'targets: none apply\n'
  const verdicts = results.flatMap(({ targets }) => targets)
  const count = (passed: boolean | null) => verdicts.filter((verdict) => verdict.passed === passed).length
  const head = ['scenario', 'figure', 'measured', 'min..max', 'at most', '']
  const total = `${count(true)} passed, ${count(false)} failed, ${count(null)} not measured`
  return `${layOut([head, ...rows], 2)}\ntargets: ${total}\n`
}
