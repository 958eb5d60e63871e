import type { Address } from '../address/address.js'
import { Admission } from '../admission/admission.js'
import { descriptorLimit, RESERVED } from '../admission/descriptors.js'
import type { DropReason } from '../admission/drop-reason.js'
import { Gate } from '../admission/gate.js'
import { proxyCodec } from '../admission/proxy-codec.js'
import { farewell, Refusal } from '../admission/refusal.js'
import type { Codec, ProxyFacts } from '../codec/index.js'
import { Channel } from '../connection/channel.js'
import type { AnyConnection, ChannelHost } from '../connection/channel-host.js'
import { attach } from '../connection/connection.js'
import { hooksOf } from '../connection/hooks.js'
import { nextId } from '../connection/id.js'
import { DEFAULT_TIMEOUTS } from '../connection/timeouts.js'
import type { Reactor } from '../reactor/contract.js'
import type { CheckedAdmission } from './admission-options.js'
import { channelHost } from './host.js'
import type { CheckedOptions } from './options.js'

/** Peers that are being told why they are not served; above that they are not told, so that refusing does not fill the server. */
const MOST_FAREWELLS = 256

/** What a doorkeeper needs of its server. */
export interface House {
  /** The host of the connections that are served. */
  readonly host: ChannelHost
  /** Finds somebody to serve the peer of `channel`; null when nobody does, which has been reported. */
  serve(channel: Channel): Channel | null
  /** A peer is not served; `error` says what was wrong with its PROXY header. */
  dropped(peer: Address, reason: DropReason, error: Error | null): void
}

/** Lets accepted sockets in or turns them away, as the options say, and waits for the PROXY headers of those that need one. */
export class Doorkeeper {
  /** The host that connections begin with. */
  readonly host: ChannelHost
  readonly #reactor: Reactor
  readonly #house: House
  readonly #admission: Admission
  readonly #refusal: Uint8Array | null
  readonly #farewellHost: ChannelHost
  readonly #farewells = new Set<AnyConnection>()
  /** Who waits for a PROXY header; null where none is expected. */
  readonly #gates: Set<Gate> | null

  constructor(options: CheckedOptions, admission: CheckedAdmission, reactor: Reactor, house: House) {
    this.#reactor = reactor
    this.#house = house
    this.#admission = new Admission({ ...admission, maxConnections: holdable(admission.maxConnections) }, () =>
      performance.now()
    )
    this.#refusal = admission.refusal
    this.#gates = admission.proxies === null ? null : new Set()
    this.#farewellHost = silentHost(options, farewell, 0, (connection) => this.#farewells.delete(connection))
    this.host =
      this.#gates === null
        ? house.host
        : silentHost(options, proxyCodec, admission.proxyTimeout, (gate) => this.#gone(gate as unknown as Gate))
  }

  /** Judges a socket that has been accepted. */
  accept(slot: number): Channel | null {
    const channel = new Channel(nextId(), slot, this.#reactor, this.host)
    const reason = this.#admission.arrive(channel)
    if (reason !== null) {
      this.#house.dropped(channel.remote, reason, null)
      channel.abandon()
      return reason === 'connections' && this.#refusal !== null ? this.#bidFarewell(slot, this.#refusal) : null
    }
    if (this.#gates !== null) return this.#wait(channel)
    if (this.#house.serve(channel) !== null) return channel
    this.leave(channel.id)
    return null
  }

  /** A connection that was served is gone. */
  leave(id: number): void {
    this.#admission.leave(id)
  }

  /** The server stops: whoever has not been served yet will not be. */
  close(): void {
    for (const connection of this.#farewells) connection.destroy()
    for (const gate of this.#gates ?? []) {
      this.#gates?.delete(gate)
      this.leave(gate.id)
      gate.destroy()
    }
  }

  #bidFarewell(slot: number, refusal: Uint8Array): Channel | null {
    if (this.#farewells.size >= MOST_FAREWELLS) return null
    const channel = new Channel(nextId(), slot, this.#reactor, this.#farewellHost)
    channel.connection = attach(channel, () => new Refusal(refusal)) as AnyConnection
    this.#farewells.add(channel.connection)
    return channel
  }

  // ---- the PROXY protocol

  #wait(channel: Channel): Channel {
    const gate = attach(channel, () => new Gate((_, facts) => this.#passed(gate, channel, facts))) as Gate
    channel.connection = gate as unknown as AnyConnection
    channel.hooks = hooksOf(channel.connection)
    this.#gates?.add(gate)
    return channel
  }

  #passed(gate: Gate, channel: Channel, facts: ProxyFacts): void {
    const { host } = this.#house
    const peer = channel.remote
    const { source, destination } = facts
    this.#gates?.delete(gate)
    channel.proxy = { ...facts, peer }
    if (source !== null && destination !== null) channel.rename(source, destination)
    const named = channel.remote
    const reason = this.#admission.name(channel.id, named, () =>
      named === peer ? (channel.credentials?.uid ?? null) : null
    )
    // From here on what is sent is the server's own codec's, even in the constructor of a handler.
    channel.switchTo(host.codec, gate, host)
    if (reason === null && this.#house.serve(channel) !== null) {
      channel.opened()
      return
    }
    this.leave(channel.id)
    if (reason !== null) {
      this.#house.dropped(named, reason, null)
      channel.abandon()
    }
    this.#reactor.destroy(channel, false)
  }

  /** Somebody left, or was cut, before the header was complete. */
  #gone(gate: Gate): void {
    if (this.#gates?.delete(gate) !== true) return
    this.leave(gate.id)
    this.#house.dropped(gate.remote, 'proxy', gate.failure)
  }
}

/** A host of connections that the server's user never sees. */
function silentHost(
  options: CheckedOptions,
  codec: Codec<unknown, never>,
  handshake: number,
  closed: (connection: AnyConnection) => void
): ChannelHost {
  const nothing = () => undefined
  const own = {
    codec: codec as unknown as Codec<unknown, unknown>,
    app: undefined,
    allowHalfOpen: false,
    timeouts: { ...DEFAULT_TIMEOUTS, handshake }
  }
  return channelHost({ ...options, ...own }, { opened: nothing, unopened: closed, failed: nothing, closed })
}

/** As many connections as were asked for, or as the process may have descriptors for. */
function holdable(wanted: number): number {
  if (wanted === Number.POSITIVE_INFINITY) return wanted
  const limit = descriptorLimit()
  if (limit === null || wanted + RESERVED <= limit) return wanted
  const lowered = Math.max(1, limit - RESERVED)
  const why = `the process may have ${limit} descriptors open, and ${RESERVED} are kept for other things`
  process.emitWarning(`maxConnections is lowered from ${wanted} to ${lowered}: ${why}`, {
    type: 'ShinyWarning',
    code: 'ERR_TOO_MANY_CONNECTIONS'
  })
  return lowered
}
