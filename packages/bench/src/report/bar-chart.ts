import type { Spread } from '../statistics.js'

/** Bars that are compared with each other. */
export interface BarGroup {
  readonly title: string
  readonly bars: readonly { readonly label: string; readonly value: Spread; readonly strong: boolean }[]
}

const width = 760
const labelWidth = 170
const valueWidth = 150
const barHeight = 16
const rowHeight = 22
const groupGap = 44
const headHeight = 40

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function text(x: number, y: number, kind: string, content: string): string {
  return `<text x="${x}" y="${y}" class="${kind}">${escaped(content)}</text>`
}

/** One group; each has a scale of its own, since a pipelined message costs a hundredth of a single one. */
function drawGroup(group: BarGroup, top: number, format: (value: number) => string): string[] {
  const most = Math.max(...group.bars.map(({ value }) => value.max))
  const scale = (width - labelWidth - valueWidth) / most
  const parts = [text(0, top, 'title', group.title)]
  group.bars.forEach(({ label, value, strong }, i) => {
    const y = top + 10 + i * rowHeight
    const middle = y + barHeight / 2
    const [low, high] = [value.min, value.max].map((x) => (labelWidth + x * scale).toFixed(1))
    const length = (value.median * scale).toFixed(1)
    const reach = escaped(`${format(value.min)} to ${format(value.max)}`)
    const baseline = y + 12
    parts.push(
      text(0, baseline, 'label', label),
      `<rect x="${labelWidth}" y="${y}" width="${length}" height="${barHeight}" class="${strong ? 'strong' : 'bar'}"/>`,
      `<path d="M${low} ${middle}H${high}M${low} ${middle - 3}v6M${high} ${middle - 3}v6" class="spread">`,
      `<title>${reach}</title></path>`,
      text(Math.round(labelWidth + value.max * scale) + 8, baseline, 'value', format(value.median))
    )
  })
  return parts
}

/** A chart of horizontal bars with their spread, as an SVG that suits a light and a dark page. */
export function drawBarChart(heading: string, groups: readonly BarGroup[], format: (value: number) => string): string {
  const parts: string[] = []
  let top = headHeight + 20
  for (const group of groups) {
    parts.push(...drawGroup(group, top, format))
    top += groupGap + group.bars.length * rowHeight
  }
  const height = top - 20
  const full = width + 32
  const size = `viewBox="-16 0 ${full} ${height}" width="${full}" height="${height}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">
<title>${escaped(heading)}</title>
<style>
  text { font: 13px system-ui, sans-serif; fill: #222 }
  .heading { font-size: 16px; font-weight: 600 } .title { font-weight: 600 }
  .bar { fill: #a8b3c2 } .strong { fill: #2f6fde } .spread { stroke: #222; fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd } .bar { fill: #5a6573 } .strong { fill: #5b92f0 } .spread { stroke: #ddd }
  }
</style>
${text(0, 26, 'heading', heading)}
${parts.join('\n')}
</svg>
`
}
