import { spreadOf } from '../statistics.js'
import { figure, layOut } from '../table.js'
import { type CaseResult, cpuOf, type DecodingVerdict, type StudyResult, type SubjectResult } from './decoding.js'

/** One study's results as text. */
export function renderStudy({ name, title, cases }: StudyResult, rounds: number): string {
  const subjects = cases[0]?.subjects ?? []
  const head = ['messages', 'pieces', ...subjects.map(({ name, ours }) => (ours ? name : `${name}, ×`))]
  const rows = cases.map((one) => [one.messages, `${one.pieceBytes}`, ...one.subjects.map((of) => cell(of, one))])
  const lines = [
    `${title}  [codecs-${name}]`,
    `  CPU ns/message, ± within ${rounds} rounds, MB/s; ×: of a package, how much of its time ours takes`,
    layOut([head, ...rows], 2),
    ...versions(cases),
    ...failures(cases),
    ...verdicts(cases)
  ]
  return `${lines.join('\n')}\n`
}

function cell(subject: SubjectResult, { subjects }: CaseResult): string {
  if (subject.failed !== null) return 'FAILED'
  if (subject.samples.length === 0) return '–'
  const { median, min, max } = cpuOf(subject)
  const around = Math.round((50 * (max - min)) / median)
  const rate = spreadOf(subject.samples.map(({ bytesPerSecond }) => bytesPerSecond / 1e6)).median
  const text = `${figure(median)} ±${around}% ${figure(rate)}`
  if (subject.ours) return text
  const ratios = subjects
    .filter(({ ours, views, samples }) => ours && views === subject.views && samples.length > 0)
    .map((of) => (cpuOf(of).median / median).toFixed(2))
  return `${text} ×${ratios.join(' ×')}`
}

function versions(cases: readonly CaseResult[]): readonly string[] {
  const named = (cases[0]?.subjects ?? []).filter(({ version }) => version !== null)
  return named.length === 0 ? [] : [`  ${named.map(({ name, version }) => `${name} ${version}`).join(', ')}`]
}

/** What was not measured, and why. */
function failures(cases: readonly CaseResult[]): readonly string[] {
  return cases.flatMap(({ messages, pieceBytes, subjects }) =>
    subjects.flatMap(({ name, absent, failed }) => {
      if (failed !== null) return [`  ${name}, ${messages} in pieces of ${pieceBytes}: FAILED, ${failed}`]
      return absent === null ? [] : [`  ${name}, ${messages} in pieces of ${pieceBytes}: left out, ${absent}`]
    })
  )
}

/** One line for each of ours and each package. */
function verdicts(cases: readonly CaseResult[]): readonly string[] {
  const pairs = new Map<string, { readonly where: string; readonly verdict: DecodingVerdict }[]>()
  for (const { messages, pieceBytes, targets } of cases) {
    for (const verdict of targets) {
      const pair = `${verdict.of} / ${verdict.against}`
      const where = `${messages} in ${pieceBytes}`
      pairs.set(pair, [...(pairs.get(pair) ?? []), { where, verdict }])
    }
  }
  return [...pairs].map(([pair, all]) => {
    const { min, max } = spreadOf(all.map(({ verdict }) => verdict.ratio.median))
    const missed = all.filter(({ verdict }) => !verdict.passed)
    const told = missed.map(({ where, verdict }) => `${verdict.ratio.median.toFixed(2)} with ${where}`).join(', ')
    const wanted = `target at most ${all[0]?.verdict.atMost}`
    return `  ${pair}: ${min.toFixed(2)}..${max.toFixed(2)}, ${wanted}: ${missed.length === 0 ? 'pass' : `FAIL (${told})`}`
  })
}
