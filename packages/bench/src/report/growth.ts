import { type FigureName, figureKinds } from '../figures.js'
import { type ScenarioResult, spreadFor } from '../result.js'
import type { Spread } from '../statistics.js'
import { figure, grouped, layOut } from '../table.js'

/** How a figure of some peers goes as a number grows. */
export interface Curve {
  /** What grows. */
  readonly of: string
  readonly heading: string
  readonly at: readonly number[]
  /** For each peer a spread at each point, null where there is none. */
  readonly peers: readonly { readonly title: string; readonly values: readonly (Spread | null)[] }[]
  /** What was left out, and why. */
  readonly missing: readonly string[]
}

function missingOf(results: readonly ScenarioResult[]): string[] {
  return results.flatMap(({ point, peers }) =>
    peers.flatMap(({ title, absent, failed }) => {
      const why = absent ?? failed
      return why === null ? [] : [`${title} at ${grouped(point!.at)}: ${why}`]
    })
  )
}

/** The curves that the results hold. */
export function curvesOf(results: readonly ScenarioResult[]): readonly Curve[] {
  const names = [...new Set(results.flatMap(({ point }) => point?.of ?? []))]
  return names.map((of) => {
    const points = results.filter(({ point }) => point?.of === of)
    const main: FigureName = points[0]!.figures[0]!
    const titles = [...new Set(points.flatMap(({ peers }) => peers.map(({ title }) => title)))]
    const peers = titles.map((title) => {
      const values = points.map((result) => {
        const peer = result.peers.find((other) => other.title === title)
        return peer === undefined ? null : spreadFor(peer, main)
      })
      return { title, values }
    })
    const at = points.map(({ point }) => point!.at)
    return { of, heading: figureKinds[main].heading(points[0]!.unit), at, peers, missing: missingOf(points) }
  })
}

/** The rows of a curve: what grows, each peer's figure, and its part of the first peer's. */
export function growthRows({ of, at, peers }: Curve): readonly (readonly string[])[] {
  const others = peers.slice(1)
  const head = [of, ...peers.map(({ title }) => title), ...others.map(({ title }) => `${title} ×`)]
  const rows = at.map((count, i) => {
    const medians = peers.map(({ values }) => values[i]?.median ?? null)
    const first = medians[0] ?? null
    const ratios = medians.slice(1).map((x) => (x === null || first === null ? '–' : (x / first).toFixed(2)))
    return [grouped(count), ...medians.map((x) => (x === null ? '–' : figure(x))), ...ratios]
  })
  return [head, ...rows]
}

/** All curves as text. */
export function renderGrowth(results: readonly ScenarioResult[]): string {
  return curvesOf(results)
    .map((curve) => {
      const missing = curve.missing.map((line) => `  left out: ${line}`)
      return [`${curve.heading} as ${curve.of} grow`, layOut(growthRows(curve)), ...missing, ''].join('\n')
    })
    .join('\n')
}
