import { figure, grouped } from '../table.js'
import type { Curve } from './growth.js'
import { label, picture } from './svg.js'

const width = 560
const height = 260
const left = 70
const gap = 90
const headHeight = 60

/** A round number that is not less than a value: 1, 2 or 5 and zeros. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value))
  return unit * ([1, 2, 5, 10].find((step) => step * unit >= value) ?? 10)
}

/** Moves places apart that are closer than `least`, from the first on. */
function spreadOut(places: readonly number[], least: number): number[] {
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]!)
  const moved = [...places]
  let free = Number.NEGATIVE_INFINITY
  for (const i of order) {
    moved[i] = Math.max(moved[i]!, free)
    free = moved[i] + least
  }
  return moved
}

/** One curve: what grows on a logarithmic axis, the cost on one that begins at 0. */
function drawCurve(curve: Curve, top: number): string[] {
  const spreads = curve.peers.flatMap(({ values }) => values.flatMap((value) => value ?? []))
  const most = roundUp(Math.max(...spreads.map(({ max }) => max)))
  const [first, last] = [Math.log(curve.at[0]!), Math.log(curve.at.at(-1)!)]
  const x = (at: number) => left + ((Math.log(at) - first) / (last - first || 1)) * width
  const y = (value: number) => top + height - (value / most) * height
  const place = (at: number, value: number) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`
  const parts = [label(0, top - 14, 'title', `${curve.heading} as ${curve.of} grow`)]
  for (let i = 0; i <= 4; i++) {
    const value = (most * i) / 4
    parts.push(`<path d="M${left} ${y(value).toFixed(1)}h${width}" class="grid"/>`)
    parts.push(label(left - 8, y(value) + 4, 'right', value === 0 ? '0' : figure(value)))
  }
  // From the right, since the last is what the curve is about; one that has no room is left out.
  let room = Number.POSITIVE_INFINITY
  for (const at of [...curve.at].reverse()) {
    if (x(at) > room) continue
    parts.push(label(x(at), top + height + 18, 'middle', grouped(at)))
    room = x(at) - 65
  }
  const ends = curve.peers.map(({ values }) => values.findLast((value) => value !== null)?.median ?? 0)
  const places = spreadOut(ends.map(y), 16)
  curve.peers.forEach(({ title, values }, i) => {
    const known = curve.at.flatMap((at, k) => (values[k] ? [{ at, value: values[k] }] : []))
    if (known.length === 0) return
    const path = known.map(({ at, value }) => place(at, value.median)).join('L')
    const spread = known.map(({ at, value }) => `M${place(at, value.min)}L${place(at, value.max)}`).join('')
    parts.push(`<path d="M${path}" class="line line${i % 4}"/>`, `<path d="${spread}" class="line${i % 4}"/>`)
    parts.push(label(x(known.at(-1)!.at) + 8, places[i]! + 4, 'label', title))
  })
  return parts
}

/** The curves below each other, a line for each peer with its spread. */
export function drawLineChart(heading: string, curves: readonly Curve[]): string {
  const drawn = curves.filter(({ peers }) => peers.some(({ values }) => values.some((value) => value !== null)))
  const parts = drawn.flatMap((curve, i) => drawCurve(curve, headHeight + 20 + i * (height + gap)))
  return picture(heading, left + width + 170, headHeight + drawn.length * (height + gap), parts)
}
