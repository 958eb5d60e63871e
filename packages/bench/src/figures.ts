/** What a load counts: the singular and the plural. */
export interface Unit {
  readonly one: string
  readonly many: string
}

/** All units. */
export const units = {
  message: { one: 'message', many: 'messages' },
  request: { one: 'request', many: 'requests' },
  kibibyte: { one: 'KiB', many: 'KiB' },
  connection: { one: 'connection', many: 'connections' },
  key: { one: 'key', many: 'keys' },
  start: { one: 'start', many: 'starts' }
} as const satisfies Record<string, Unit>

/** A kind of figure: what a column of it is called, and what one is that has become more or less. */
export interface FigureKind {
  readonly heading: (unit: Unit) => string
  readonly more: string
  readonly less: string
}

const cost = { more: 'slower', less: 'faster' }
const size = { more: 'bigger', less: 'smaller' }

/** All kinds of figure. */
export const figureKinds = {
  /** The server's CPU time, user and system, over all its threads, in nanoseconds. */
  cpu: { heading: ({ one }) => `CPU ns/${one}`, ...cost },
  perSecond: { heading: ({ many }) => `${many}/s`, more: 'faster', less: 'slower' },
  /** Latencies, in microseconds. */
  p50: { heading: () => 'p50 µs', ...cost },
  p99: { heading: () => 'p99 µs', ...cost },
  p999: { heading: () => 'p99.9 µs', ...cost },
  /** Memory that a process grew by for each, in bytes. */
  bytes: { heading: ({ one }) => `bytes/${one}`, ...size },
  /** Memory that a process has, in MiB. */
  mebibytes: { heading: () => 'RSS MiB', ...size },
  /** Time on the clock, in milliseconds. */
  milliseconds: { heading: ({ one }) => `ms/${one}`, ...cost }
} as const satisfies Record<string, FigureKind>

/** The name of a kind of figure. */
export type FigureName = keyof typeof figureKinds

/** What one run of a load showed; a figure that the load does not tell is missing. */
export type Sample = Readonly<Partial<Record<FigureName, number>>>
