import { type BarGroup, drawBarChart } from './bar-chart.js'
import { type ScenarioResult, summarize } from './result.js'
import { figure } from './table.js'

/** The results as a picture: server CPU per message, one group of bars for each scenario that has figures. */
export function plotResults(results: readonly ScenarioResult[]): string {
  const groups = results.map(({ title, peers }): BarGroup => {
    const bars = peers.flatMap((peer) => {
      const summary = summarize(peer)
      return summary ? [{ label: peer.title, value: summary.cpu, strong: peer.title.startsWith('shiny') }] : []
    })
    return { title, bars }
  })
  const drawn = groups.filter(({ bars }) => bars.length > 0)
  return drawBarChart('Server CPU per message, ns (less is better)', drawn, figure)
}
