const ROW = 16
/** How much of a long input is shown. */
const SHOWN = 256

/** The pieces as a hex dump, in which a bar stands wherever they were cut. */
export function hexDump(pieces: readonly Uint8Array[]): string {
  const bytes = Buffer.concat(pieces)
  const cuts = new Set<number>()
  let at = 0
  for (const piece of pieces.slice(0, -1)) {
    at += piece.length
    cuts.add(at)
  }
  const rows: string[] = []
  for (let from = 0; from < Math.min(bytes.length, SHOWN); from += ROW) rows.push(row(bytes, from, cuts))
  if (bytes.length > SHOWN) rows.push(`… ${bytes.length - SHOWN} bytes more`)
  return rows.length === 0 ? '(no bytes)' : rows.join('\n')
}

function row(bytes: Buffer, from: number, cuts: ReadonlySet<number>): string {
  let hex = ''
  let text = ''
  for (let at = from; at < from + ROW; at++) {
    const byte = bytes[at]
    hex += `${cuts.has(at) ? '|' : ' '}${byte === undefined ? '  ' : byte.toString(16).padStart(2, '0')}`
    if (byte !== undefined) text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
  }
  return `${from.toString(16).padStart(8, '0')} ${hex}  ${text}`
}
