import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from '../child.js'
import { pinned } from '../cores.js'
import { type FigureName, type Sample, units } from '../figures.js'
import { cpuTime } from '../measure.js'
import type { Running } from '../peer.js'
import { cPrograms } from '../programs.js'
import type { Size } from './load.js'
import { flagsOf } from './own-load.js'
import { LastingLoad } from './server-load.js'

/** What `native/churn.c` tells. */
interface ChurnReport {
  readonly served: number
  readonly seconds: number
}

/** Connections that are opened, asked for one echo and closed by the client, so many at a time. */
export class ChurnLoad extends LastingLoad {
  readonly unit = units.connection
  readonly figures: readonly FigureName[] = ['cpu', 'perSecond']
  readonly #concurrency: number

  constructor(concurrency: number) {
    super()
    this.#concurrency = concurrency
  }

  async #churn({ port }: Running, connections: number, core: number | undefined): Promise<ChurnReport> {
    const flags = flagsOf({ port, connections, concurrency: this.#concurrency, 'reset-every': 0 })
    const child = await Child.start(pinned([cPrograms.churn, ...flags], core))
    const report = JSON.parse((await child.output())[0]!) as ChurnReport
    if (report.served < connections) throw new Error(`only ${report.served} of ${connections} connections were served`)
    return report
  }

  protected override async warmUp(server: Running, core: number | undefined): Promise<number> {
    const { served, seconds } = await this.#churn(server, 10_000, core)
    return served / seconds
  }

  protected override async measure(server: Running, size: Size, core: number | undefined): Promise<Sample> {
    const before = cpuTime(server.child.pid)
    const { served, seconds } = await this.#churn(server, size.amount, core)
    // The server has yet to see that the last connections are closed.
    await sleep(50)
    return { cpu: (cpuTime(server.child.pid) - before) / served, perSecond: served / seconds }
  }
}
