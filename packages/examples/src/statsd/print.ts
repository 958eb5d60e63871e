import type { Report } from './metrics.js'

/** A report for people. */
export function table({ seconds, received, bad, dropped, entries }: Report): string {
  const rows = entries.map(({ kind, name, tags, figures }) => [
    kind,
    tags.length === 0 ? name : `${name} ${tags.join(',')}`,
    Object.entries(figures)
      .map(([label, value]) => `${label} ${round(value)}`)
      .join('  ')
  ])
  const width = Math.max(0, ...rows.map(([, name = '']) => name.length))
  const head = `${new Date().toISOString()}  ${round(seconds)} s  received ${received}  bad ${bad}  dropped ${dropped}`
  return [
    head,
    ...rows.map(([kind = '', name = '', text]) => `  ${kind.padEnd(7)}  ${name.padEnd(width)}  ${text}`),
    ''
  ].join('\n')
}

/** A report for programs: a line for the whole, and one for each series. */
export function jsonLines({ entries, ...rest }: Report): string {
  const head = JSON.stringify({ kind: 'flush', at: new Date().toISOString(), ...rest })
  return [head, ...entries.map(({ figures, ...entry }) => JSON.stringify({ ...entry, ...figures })), ''].join('\n')
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
