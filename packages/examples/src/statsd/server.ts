import { line } from '@shiny/codecs'
import { type Address, Connection, DecodeError, Endpoint, type ReactorInfo, Server, UdpServer } from '@shiny/core'
import type { Metrics, Report } from './metrics.js'
import { type Packet, readings } from './readings.js'

/** How often a port is looked for that is free for both, when the system may choose. */
const ATTEMPTS = 10

/** Readings by datagrams. */
class Datagrams extends Endpoint<Packet, Packet, Metrics> {
  override onMessage(packet: Packet): void {
    this.app.take(packet)
  }

  override onError(): void {
    this.app.refused()
  }
}

/** Readings by a connection, a line each. Nothing is answered. */
class Lines extends Connection<Packet, Packet, Metrics> {
  override onMessage(packet: Packet): void {
    this.app.take(packet)
  }

  /** After a line that is too long it goes on; nothing else that comes here lets it. */
  override onError(error: Error): 'continue' {
    if (error instanceof DecodeError) this.app.refused()
    return 'continue'
  }
}

/** Listens for the same readings by UDP and by TCP, on the same port, and reports them. */
export class StatsdServer {
  readonly #metrics: Metrics
  readonly #report: (report: Report) => void
  readonly #interval: number
  #timer: NodeJS.Timeout | null = null
  readonly tcp: Server<Packet, Packet, Metrics>
  readonly udp: UdpServer<Packet, Packet, Metrics>

  /** Calls `report` each `interval` milliseconds, and once more when all has been taken that came before the stop. */
  constructor(metrics: Metrics, interval: number, report: (report: Report) => void) {
    this.#metrics = metrics
    this.#interval = interval
    this.#report = report
    this.udp = new UdpServer({ format: readings, endpoint: Datagrams, app: metrics })
    this.tcp = new Server({
      codec: line({ oversize: 'skip', maxLength: readings.maxLength, trailing: 'emit' }).of(readings),
      connection: Lines,
      app: metrics,
      limits: { maxConnections: 1000 },
      timeouts: { read: 60_000 }
    })
  }

  /** Those of TCP; UDP has the same. */
  get addresses(): readonly Address[] {
    return this.tcp.addresses
  }

  get reactor(): ReactorInfo {
    return this.tcp.reactor
  }

  /** With port 0 the system chooses one for TCP, which may be taken for UDP. */
  async listen({ host, port }: { readonly host: string; readonly port: number }): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.tcp.listen({ host, port })
      try {
        await this.udp.listen({ host, port: this.tcp.addresses[0]?.port ?? port })
        break
      } catch (error) {
        await this.tcp.stop()
        if (port !== 0 || attempt === ATTEMPTS) throw error
      }
    }
    this.#timer = setInterval(() => this.#report(this.#metrics.flush()), this.#interval)
  }

  /** Takes what has already arrived, and reports it. */
  async stop(): Promise<void> {
    await Promise.all([this.udp.stop(), this.tcp.stop()])
    if (this.#timer === null) return
    clearInterval(this.#timer)
    this.#timer = null
    this.#report(this.#metrics.flush())
  }
}
