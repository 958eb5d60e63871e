import type { Spread } from '../statistics.js'
import { escaped, label, picture } from './svg.js'

/** Bars that are compared with each other. */
export interface BarGroup {
  readonly title: string
  readonly bars: readonly { readonly label: string; readonly value: Spread; readonly strong: boolean }[]
}

const columnWidth = 620
const columnGap = 30
const labelWidth = 170
const valueWidth = 80
const barHeight = 14
const rowHeight = 19
const groupGap = 38
const headHeight = 60

/** One group; each has a scale of its own, since a pipelined message costs a hundredth of a single one. */
function drawGroup(group: BarGroup, left: number, top: number, format: (value: number) => string): string[] {
  const most = Math.max(...group.bars.map(({ value }) => value.max))
  const scale = (columnWidth - labelWidth - valueWidth) / most
  const start = left + labelWidth
  const parts = [label(left, top, 'title', group.title)]
  group.bars.forEach((bar, i) => {
    const { median, min, max } = bar.value
    const y = top + 8 + i * rowHeight
    const middle = y + barHeight / 2
    const [low, high] = [min, max].map((x) => (start + x * scale).toFixed(1))
    const length = (median * scale).toFixed(1)
    const baseline = y + 11
    parts.push(
      label(left, baseline, 'label', bar.label),
      `<rect x="${start}" y="${y}" width="${length}" height="${barHeight}" class="${bar.strong ? 'strong' : 'bar'}"/>`,
      `<path d="M${low} ${middle}H${high}M${low} ${middle - 3}v6M${high} ${middle - 3}v6" class="spread">`,
      `<title>${escaped(`${format(min)} to ${format(max)}`)}</title></path>`,
      label(start + max * scale + 8, baseline, 'value', format(median))
    )
  })
  return parts
}

/** A chart of horizontal bars with their spread, in two columns. */
export function drawBarChart(heading: string, groups: readonly BarGroup[], format: (value: number) => string): string {
  const heightOf = ({ bars }: BarGroup) => groupGap + bars.length * rowHeight
  const half = groups.reduce((sum, group) => sum + heightOf(group), 0) / 2
  const parts: string[] = []
  const used = [0, 0]
  for (const group of groups) {
    // Reading goes down the first column, and on at the top of the second.
    const column = used[1] === 0 && used[0]! + heightOf(group) / 2 <= half ? 0 : 1
    parts.push(...drawGroup(group, column * (columnWidth + columnGap), headHeight + used[column]!, format))
    used[column]! += heightOf(group)
  }
  const width = used[1] === 0 ? columnWidth : 2 * columnWidth + columnGap
  return picture(heading, width, headHeight + Math.max(...used), parts)
}
