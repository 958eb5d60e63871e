import type { Judged } from '../result.js'
import { label, picture } from './svg.js'
import { allowedText, measuredText, subjectOf } from './text.js'

const labelWidth = 500
const barWidth = 420
const valueWidth = 130
const rowHeight = 19
const barHeight = 13
const top = 70
/** What a bar is cut at, in parts of what is allowed. */
const most = 2

/** Every target as a bar: how much of what it allows was used. What crosses the line was missed. */
export function drawTargets(results: readonly Judged[]): string {
  const verdicts = results.flatMap((result) => result.targets.map((verdict) => ({ verdict, result })))
  const drawn = verdicts.filter(({ verdict }) => verdict.measured !== null)
  const scale = barWidth / most
  const bottom = top + drawn.length * rowHeight
  const limit = labelWidth + scale
  const parts = drawn.flatMap(({ verdict, result }, i) => {
    const y = top + i * rowHeight
    const share = verdict.measured!.median / verdict.atMost
    const length = Math.max(1, Math.min(share, most) * scale)
    const value = `${measuredText(verdict, verdict.measured!.median)} of ${allowedText(verdict)}`
    return [
      label(0, y + 11, 'label', `${result.name}: ${subjectOf(verdict, result)}`),
      `<rect x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" class="${verdict.passed ? 'good' : 'bad'}"/>`,
      label(labelWidth + barWidth + 10, y + 11, 'value', share > most ? `${value} »` : value)
    ]
  })
  parts.push(label(limit, top - 10, 'middle', 'allowed'), `<path d="M${limit} ${top - 4}V${bottom}" class="limit"/>`)
  return picture(
    'Targets: how much of what is allowed was used',
    labelWidth + barWidth + valueWidth,
    bottom + 16,
    parts
  )
}
