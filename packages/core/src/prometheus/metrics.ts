import type { ServerStats } from '../observe/stats.js'

/** A metric, and where its value stands in the statistics; with `label`, a value for each of some named things. */
export type MetricSpec = {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
} & (
  | { readonly label?: undefined; readonly value: (stats: ServerStats) => number }
  | { readonly label: string; readonly values: (stats: ServerStats) => Readonly<Record<string, number>> }
)

/** All metrics. Names and units follow the conventions of Prometheus. */
export const metricSpecs: readonly MetricSpec[] = [
  {
    name: 'shiny_uptime_seconds',
    help: 'Since when the server has listened.',
    type: 'gauge',
    value: ({ uptime }) => uptime / 1000
  },
  {
    name: 'shiny_connections',
    help: 'Connections that are open.',
    type: 'gauge',
    value: ({ connections }) => connections.open
  },
  {
    name: 'shiny_connections_accepted_total',
    help: 'Connections that were accepted and given a handler.',
    type: 'counter',
    value: ({ connections }) => connections.accepted
  },
  {
    name: 'shiny_connections_closed_total',
    help: 'Connections that have closed, by who or what closed them.',
    type: 'counter',
    label: 'by',
    values: ({ connections }) => ({ ...connections.closed })
  },
  {
    name: 'shiny_connections_refused_total',
    help: 'Connections that were refused before a handler served them, by reason.',
    type: 'counter',
    label: 'reason',
    values: ({ refused }) => refused
  },
  {
    name: 'shiny_messages_received_total',
    help: 'Messages delivered to handlers.',
    type: 'counter',
    value: ({ messages }) => messages.received
  },
  {
    name: 'shiny_messages_sent_total',
    help: 'Messages sent by handlers.',
    type: 'counter',
    value: ({ messages }) => messages.sent
  },
  {
    name: 'shiny_read_bytes_total',
    help: 'Bytes of the messages delivered.',
    type: 'counter',
    value: ({ bytes }) => bytes.read
  },
  {
    name: 'shiny_written_bytes_total',
    help: 'Bytes of the messages sent, whether or not they have left.',
    type: 'counter',
    value: ({ bytes }) => bytes.written
  },
  {
    name: 'shiny_queued_bytes',
    help: 'Bytes sent that the system has not taken yet.',
    type: 'gauge',
    value: ({ bytes }) => bytes.queued
  },
  {
    name: 'shiny_largest_queue_bytes',
    help: 'The longest queue of one connection.',
    type: 'gauge',
    value: ({ bytes }) => bytes.largestQueue
  },
  {
    name: 'shiny_errors_total',
    help: 'Errors of connections and of the server, by code.',
    type: 'counter',
    label: 'code',
    values: ({ errors }) => errors
  },
  {
    name: 'shiny_timeouts_total',
    help: 'Connections cut by a timeout, by its kind.',
    type: 'counter',
    label: 'kind',
    values: ({ timeouts }) => timeouts
  },
  {
    name: 'shiny_turns_total',
    help: 'Turns of the reactor.',
    type: 'counter',
    value: ({ turns }) => turns
  }
]
