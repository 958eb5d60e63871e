import type { Format } from '@shiny/core'

/** What is measured: something that is counted, that is, that took so many milliseconds, or of which there are different ones. */
export type Kind = 'counter' | 'gauge' | 'timer' | 'set'

/** One line that was understood. */
export interface Reading {
  readonly kind: Kind
  readonly name: string
  /** In order, so that the same tags are the same text. */
  readonly tags: readonly string[]
  /** The value as it was written: a gauge's sign says that it is a change, and a set's need not be a number. */
  readonly text: string
  readonly value: number
  /** The share of events that is sent at all, above 0 and up to 1. */
  readonly rate: number
}

/** What one datagram, or one line of a connection, says. */
export interface Packet {
  readonly readings: readonly Reading[]
  /** How many of its lines make no sense. */
  readonly bad: number
}

const KINDS: Readonly<Record<string, Kind>> = { c: 'counter', g: 'gauge', ms: 'timer', h: 'timer', s: 'set' }
const LETTERS: Readonly<Record<Kind, string>> = { counter: 'c', gauge: 'g', timer: 'ms', set: 's' }

// name : value | type, and behind it | and a rate or tags in any order
const LINE = /^([\w./-]{1,200}):([^|]{1,200})\|(c|g|ms|h|s)(?:\|(.*))?$/
const NUMBER = /^[+-]?\d{1,30}(\.\d{1,30})?$/
const TAG = /^[\w./:-]{1,200}$/

/**
 * Lines of statsd as a format: of datagrams, which may have several lines, and of the lines of a connection. What makes no sense is
 * counted and takes nothing else with it, so that this format refuses nothing.
 */
export const readings: Format<Packet> = {
  name: 'statsd',
  maxLength: 8192,
  decode(src) {
    const lines = src.takeUtf8(src.length).split('\n')
    const written = lines.filter((line) => line !== '')
    const understood = written.map(understand).filter((reading) => reading !== null)
    return { readings: understood, bad: written.length - understood.length }
  },
  encode({ readings }, dst) {
    dst.utf8(readings.map(write).join('\n'))
  }
}

/** What a line says; null when it makes no sense. */
function understand(line: string): Reading | null {
  const [, name = '', text = '', letter = '', rest] = LINE.exec(line) ?? []
  const kind = KINDS[letter]
  if (kind === undefined || (kind !== 'set' && !NUMBER.test(text))) return null
  const value = kind === 'set' ? 0 : Number(text)
  if (kind === 'timer' && value < 0) return null
  let rate = 1
  let tags: string[] = []
  for (const part of rest?.split('|') ?? []) {
    if (part.startsWith('@') && NUMBER.test(part.slice(1))) rate = Number(part.slice(1))
    else if (part.startsWith('#')) tags = part.slice(1).split(',').sort()
    else return null
  }
  return rate > 0 && rate <= 1 && tags.every((tag) => TAG.test(tag)) ? { kind, name, tags, text, value, rate } : null
}

function write({ kind, name, tags, text, rate }: Reading): string {
  return `${name}:${text}|${LETTERS[kind]}${rate < 1 ? `|@${rate}` : ''}${tags.length > 0 ? `|#${tags.join(',')}` : ''}`
}
