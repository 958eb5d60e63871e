/** A figure with three or more significant digits and separators. */
export function figure(value: number): string {
  const size = Math.abs(value)
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size === 0 ? 2 : 4
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** A whole number with separators. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 })
}

/** So many of something. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** Rows of cells as text; the first columns are flush left, the others flush right. */
export function layOut(rows: readonly (readonly string[])[], flushLeft = 1): string {
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  const lines = rows.map((row) =>
    row.map((cell, i) => (i < flushLeft ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')
  )
  return lines.map((line) => `  ${line.trimEnd()}`).join('\n')
}
