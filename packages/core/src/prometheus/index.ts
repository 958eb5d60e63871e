/**
 * The statistics of servers as metrics of Prometheus, by prom-client, which the program brings along.
 *
 * @packageDocumentation
 */
import { Counter, Gauge, type MetricConfiguration } from 'prom-client'
import { ShinyError } from '../errors/index.js'
import type { ServerStats } from '../observe/stats.js'
import { type MetricSpec, metricSpecs } from './metrics.js'

/** What has statistics: a Server, or a pool of workers. */
export interface StatsSource {
  /** Its statistics of this moment. */
  stats(): ServerStats | Promise<ServerStats>
}

/** A registry of prom-client, such as its own `register`. */
export type MetricsRegistry = NonNullable<MetricConfiguration<string>['registers']>[number]

/** What may be told of a server that is registered. */
export interface MetricsOptions {
  /** Labels that tell this server's values from those of others in the registry; all servers there need the same names. */
  readonly labels?: Readonly<Record<string, string>> | undefined
}

type Labels = Readonly<Record<string, string>>

/** The sources of each registry; those of a registry share its metrics. */
const collectors = new WeakMap<MetricsRegistry, Collector>()

/**
 * Adds a server's statistics to a registry of prom-client: `shiny_connections`, `shiny_messages_received_total` and so on.
 * They are asked for when the registry is, and cost nothing otherwise. Returns a function that takes the server out again.
 *
 * @throws ShinyError `ERR_OPTION` when another server is registered with the same labels, or with other names of labels.
 *
 * @example
 * ```ts
 * import { Connection, Server } from '@shiny/core'
 * import { registerMetrics } from '@shiny/core/prometheus'
 * import { line } from '@shiny/codecs'
 * import { register } from 'prom-client'
 *
 * class Echo extends Connection<string> {
 *   override onMessage(text: string): void {
 *     this.send(text)
 *   }
 * }
 *
 * const server = new Server({ codec: line(), connection: Echo })
 * registerMetrics(server, register)
 * console.log(await register.metrics())
 * ```
 */
export function registerMetrics(
  server: StatsSource,
  registry: MetricsRegistry,
  options: MetricsOptions = {}
): () => void {
  const labels = { ...options.labels }
  let collector = collectors.get(registry)
  // A registry that was cleared has forgotten the metrics.
  if (collector === undefined || registry.getSingleMetric('shiny_connections') === undefined) {
    collector = new Collector(registry, Object.keys(labels))
    collectors.set(registry, collector)
  }
  return collector.add(server, labels)
}

/** The metrics of one registry, and the servers whose values they have. */
class Collector {
  readonly #sources = new Map<StatsSource, Labels>()
  readonly #labelNames: readonly string[]
  #asked: Promise<[Labels, ServerStats][]> | null = null

  constructor(registry: MetricsRegistry, labelNames: readonly string[]) {
    this.#labelNames = [...labelNames].sort()
    for (const spec of metricSpecs) this.#make(spec, registry)
  }

  add(source: StatsSource, labels: Labels): () => void {
    const names = Object.keys(labels).sort()
    if (String(names) !== String(this.#labelNames)) {
      const expected = this.#labelNames.length === 0 ? 'no labels' : `the labels ${this.#labelNames.join(', ')}`
      throw refuse(`expected ${expected}, as other servers in the registry have`)
    }
    const wanted = keyOf(labels)
    for (const [other, taken] of this.#sources) {
      if (other !== source && keyOf(taken) === wanted) throw refuse('another server in the registry has the same')
    }
    this.#sources.set(source, labels)
    return () => void this.#sources.delete(source)
  }

  #make(spec: MetricSpec, registry: MetricsRegistry): void {
    const { name, help, type, label } = spec
    const collector = this
    const labelNames = label === undefined ? this.#labelNames : [...this.#labelNames, label]
    const shared = { name, help, labelNames, registers: [registry] }
    if (type === 'gauge') {
      new Gauge<string>({
        ...shared,
        async collect() {
          this.reset()
          for (const [labels, value] of await collector.#values(spec)) this.set(labels, value)
        }
      })
    } else {
      new Counter<string>({
        ...shared,
        async collect() {
          this.reset()
          for (const [labels, value] of await collector.#values(spec)) this.inc(labels, value)
        }
      })
    }
  }

  async #values(spec: MetricSpec): Promise<[Labels, number][]> {
    return (await this.#ask()).flatMap(([labels, stats]): [Labels, number][] => {
      if (spec.label === undefined) return [[labels, spec.value(stats)]]
      const { label } = spec
      return Object.entries(spec.values(stats)).map(([name, value]) => [{ ...labels, [label]: name }, value])
    })
  }

  /** All metrics of one scrape are of the same moment: the registry collects them together. */
  #ask(): Promise<[Labels, ServerStats][]> {
    this.#asked ??= Promise.all(
      [...this.#sources].map(async ([source, labels]): Promise<[Labels, ServerStats]> => [labels, await source.stats()])
    ).finally(() => {
      this.#asked = null
    })
    return this.#asked
  }
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort())
}

function refuse(expected: string): ShinyError {
  return new ShinyError('ERR_OPTION', `option "labels": ${expected}`, { path: 'labels' })
}
