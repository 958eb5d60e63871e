import { figureKinds } from '../figures.js'
import { type ScenarioResult, spreadFor } from '../result.js'
import { figure } from '../table.js'
import { type BarGroup, drawBarChart } from './bar-chart.js'

/** The results as a picture: the main figure of each scenario, one group of bars for each that has figures. */
export function plotResults(results: readonly ScenarioResult[]): string {
  const groups = results.map(({ title, unit, figures, peers }): BarGroup => {
    const main = figures[0]!
    const bars = peers.flatMap((peer) => {
      const value = spreadFor(peer, main)
      return value ? [{ label: peer.title, value, strong: peer.title.startsWith('shiny') }] : []
    })
    return { title: `${title}: ${figureKinds[main].heading(unit)}`, bars }
  })
  const drawn = groups.filter(({ bars }) => bars.length > 0)
  return drawBarChart('What a server needs (less is better)', drawn, figure)
}
