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

/** A kind of figure: what a column of it is called, and what a picture of it. Less is better unless `more`. */
export interface FigureKind {
  readonly heading: (unit: Unit) => string
  readonly more?: boolean
}

/** All kinds of figure. */
export const figureKinds = {
  /** The server's CPU time, user and system, over all its threads, in nanoseconds. */
  cpu: { heading: ({ one }) => `CPU ns/${one}` },
  perSecond: { heading: ({ many }) => `${many}/s`, more: true },
  /** Latencies, in microseconds. */
  p50: { heading: () => 'p50 µs' },
  p99: { heading: () => 'p99 µs' },
  p999: { heading: () => 'p99.9 µs' },
  /** Memory that a process grew by for each, in bytes. */
  bytes: { heading: ({ one }) => `bytes/${one}` },
  /** Memory that a process has, in MiB. */
  mebibytes: { heading: () => 'RSS MiB' },
  /** Time on the clock, in milliseconds. */
  milliseconds: { heading: ({ one }) => `ms/${one}` }
} as const satisfies Record<string, FigureKind>

/** The name of a kind of figure. */
export type FigureName = keyof typeof figureKinds

/** What one run of a load showed; a figure that the load does not tell is missing. */
export type Sample = Readonly<Partial<Record<FigureName, number>>>
