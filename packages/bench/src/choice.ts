import { listStudies } from './codecs/command.js'
import { UsageError } from './command-line.js'
import { peers } from './peers.js'
import type { Scenario } from './scenario.js'
import { selects } from './scenarios.js'

/** The words of `--only`. */
export function wordsOf(only: string | undefined): readonly string[] {
  return only?.split(',').map((word) => word.trim()) ?? []
}

/** The scenarios that words select; without words all that are not extra. */
export function choose(scenarios: readonly Scenario[], only: string | undefined): readonly Scenario[] {
  if (only === undefined) return scenarios.filter(({ extra }) => !extra)
  const words = wordsOf(only)
  for (const word of words) {
    if (!scenarios.some((scenario) => selects(word, scenario))) {
      throw new UsageError(`--only: there is no scenario or group "${word}"; see --list`)
    }
  }
  return scenarios.filter((scenario) => words.some((word) => selects(word, scenario)))
}

/** All that can be chosen, as text. */
export function listing(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  const groups = [...new Set(scenarios.flatMap(({ tags }) => tags))]
  const row = ({ name, title }: Pick<Scenario, 'name' | 'title'>) => `  ${name.padEnd(width)}  ${title}`
  const all = Object.values(peers).map((peer) => {
    const missing = peer.absent()
    return `${row(peer)}${missing === null ? '' : ` (absent: ${missing})`}`
  })
  const usual = scenarios.filter(({ extra }) => !extra).map(row)
  const extra = scenarios.filter(({ extra }) => extra).map(row)
  const studies = listStudies().map(([name, title]) => row({ name, title }))
  return [
    ...['scenarios:', ...usual, ''],
    ...['more, when they are named:', ...extra, ''],
    ...['decoders beside packages, when named or by "codecs":', ...studies, ''],
    ...[`groups: ${groups.join(', ')}`, ''],
    ...['peers:', ...all, '']
  ].join('\n')
}
