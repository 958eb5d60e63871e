/**
 * Looks whether `bytes[start, end)` may begin a text in UTF-8, strictly: no overlong forms, no surrogates, nothing above U+10FFFF.
 *
 * @returns how far the text is whole: `end`, or where a character begins whose rest may still come; -1 where it is no UTF-8, whatever comes.
 */
export function wholeUtf8(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end) {
    const lead = bytes[at] as number
    if (lead < 0x80) {
      at++
      continue
    }
    const size = sizeOf(lead)
    if (size === 0 || !continues(bytes, at, Math.min(at + size, end))) return -1
    if (at + size > end) return at
    at += size
  }
  return at
}

/** How many bytes a character has that begins so; 0 where none does. */
function sizeOf(lead: number): number {
  if (lead < 0xc2) return 0
  if (lead < 0xe0) return 2
  if (lead < 0xf0) return 3
  return lead < 0xf5 ? 4 : 0
}

/** Whether the bytes behind the first of a character, as far as they are there, may stand there. */
function continues(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 1 === end) return true
  const lead = bytes[at] as number
  const second = bytes[at + 1] as number
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return false
  for (let i = at + 2; i < end; i++) if (((bytes[i] as number) & 0xc0) !== 0x80) return false
  return true
}
