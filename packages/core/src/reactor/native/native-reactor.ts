import {
  type NativeReactor as Binding,
  load,
  type NativeAddress,
  type NativeBinding,
  type NativeGroup
} from '@shiny/native'
import { Address } from '../../address/address.js'
import type { NativeFraming } from '../../codec/index.js'
import type { Channel } from '../../connection/channel.js'
import type { ChannelHost } from '../../connection/channel-host.js'
import type { PeerCredentials } from '../../connection/credentials.js'
import type {
  Acceptor,
  Adopter,
  ConnectSpec,
  Handover,
  Leftover,
  Listener,
  ListenSpec,
  Reactor,
  ReactorCounters,
  ReactorInfo
} from '../contract.js'
import type { DatagramSocket, DatagramSpec } from '../datagrams.js'
import { OutputArena } from '../output-arena.js'
import { connectError, listenError } from '../socket-errors.js'
import { Bridge } from './bridge.js'
import { Dispatcher } from './dispatcher.js'
import * as L from './layout.js'
import { NativeDatagrams } from './native-datagrams.js'

const NO_PLAN = -1
/** In bytes; no queue grows to it. */
const LARGEST_MARK = 2 ** 31 - 1

/** The reactor of this thread, or why there is none. */
let shared: NativeReactor | Error | null = null

/** The native reactor of this thread, made at first use, or the reason why it cannot run here. */
export function nativeReactor(): Reactor | Error {
  shared ??= make()
  return shared
}

function make(): NativeReactor | Error {
  try {
    return new NativeReactor(load())
  } catch (error) {
    return error as Error
  }
}

/**
 * The Reactor contract over the native one: commands and output go through the shared memory, and only what happens once
 * a server or once a connection is a call.
 */
class NativeReactor implements Reactor {
  readonly info: ReactorInfo
  readonly counters: ReactorCounters = { turns: 0 }
  readonly handover: Handover
  readonly output: OutputArena
  readonly vitals: Float64Array
  readonly #bridge: Bridge
  readonly #native: Binding
  readonly #dispatcher: Dispatcher
  /** The numbers of framing plans, by what they say, since the native side keeps each; and by the object, which is faster. */
  readonly #plans = new Map<string, number>()
  readonly #numbers = new WeakMap<object, number>()
  #references = 0

  constructor(binding: NativeBinding) {
    const bridge = new Bridge()
    this.#bridge = bridge
    this.vitals = bridge.vitals
    this.#dispatcher = new Dispatcher(bridge, (slot) => this.#command(L.DESTROY, slot), this.counters)
    const design = process.env.SHINY_HOST_LOOP === 'nested' ? 'nested' : 'adaptive'
    const native = binding.start(bridge, () => this.#dispatcher.turn(), design)
    this.#native = native
    this.output = new OutputArena(native, bridge.output, bridge.outputTable, bridge.sent)
    this.info = { kind: 'native', backend: native.backend }
    this.handover = { detach: (slot) => native.detach(slot), adopter: (acceptor) => this.#adopter(acceptor) }
  }

  async listen(spec: ListenSpec, acceptor: Acceptor): Promise<Listener> {
    const index = this.#native.listen({ ...spec, ...this.#group(acceptor.host) })
    if (typeof index === 'string') throw listenError(index, spec)
    this.#dispatcher.acceptors[index] = acceptor
    return {
      address: toAddress(this.#native.listenerAddress(index)),
      close: () => {
        // The index may soon be another listener's.
        if (this.#dispatcher.acceptors[index] !== acceptor) return
        this.#dispatcher.acceptors[index] = undefined
        this.#native.closeListener(index)
      }
    }
  }

  connect(spec: ConnectSpec, host: ChannelHost, make: (slot: number) => Channel): Channel {
    const slot = this.#native.connect({ ...spec, ...this.#group(host) })
    if (typeof slot === 'string') throw connectError(slot, spec)
    try {
      const channel = make(slot)
      this.#dispatcher.attach(channel)
      return channel
    } catch (error) {
      this.#command(L.DESTROY, slot)
      throw error
    }
  }

  async bindDatagrams(spec: DatagramSpec): Promise<DatagramSocket> {
    return new NativeDatagrams(spec, this.#native, this.#dispatcher.datagrams)
  }

  now(): number {
    return this.#native.now()
  }

  hold(channel: Channel): void {
    this.#command(L.HOLD, channel.slot)
  }

  release(channel: Channel): void {
    this.#command(L.RELEASE, channel.slot)
  }

  close(channel: Channel): void {
    this.#command(L.CLOSE_GRACEFULLY, channel.slot)
  }

  halfClose(channel: Channel): void {
    this.#command(L.HALF_CLOSE, channel.slot)
  }

  reframe(channel: Channel, leftover: Leftover): void {
    const plan = this.#plan(channel.framing)
    this.#command(L.REFRAME, channel.slot, plan, leftover === 'drop' ? 1 : 0)
    this.#dispatcher.switched.push(channel)
    this.#bridge.control[L.TURN_WANTED] = 1
  }

  setWater(channel: Channel, high: number, low: number): void {
    this.#command(L.SET_WATER, channel.slot, Math.min(high, LARGEST_MARK), Math.min(low, LARGEST_MARK))
    // What is sent from now on must be judged by the new marks, and output goes before commands.
    this.#native.flush()
  }

  destroy(channel: Channel, reset: boolean): void {
    this.#command(L.DESTROY, channel.slot, reset ? 1 : 0)
  }

  drainInput(channel: Channel): void {
    this.#command(L.DRAIN_INPUT, channel.slot)
  }

  wake(channel: Channel, token: unknown): void {
    this.#dispatcher.wakes.push(channel, token)
    this.#bridge.control[L.TURN_WANTED] = 1
  }

  remote(channel: Channel): Address {
    return toAddress(this.#native.remoteAddress(channel.slot))
  }

  local(channel: Channel): Address {
    return toAddress(this.#native.localAddress(channel.slot))
  }

  credentials(channel: Channel): PeerCredentials | null {
    const known = this.#native.credentials(channel.slot)
    return known && { pid: known[0], uid: known[1], gid: known[2] }
  }

  ref(): void {
    if (this.#references++ === 0) this.#native.setReferenced(true)
  }

  unref(): void {
    if (--this.#references === 0) this.#native.setReferenced(false)
  }

  #adopter(acceptor: Acceptor): Adopter {
    const index = this.#native.group(this.#group(acceptor.host))
    this.#dispatcher.acceptors[index] = acceptor
    return {
      adopt: (fd) => {
        const result = this.#native.adopt(fd, index)
        if (typeof result === 'string') acceptor.acceptFailed(result)
      },
      close: () => {
        if (this.#dispatcher.acceptors[index] !== acceptor) return
        this.#dispatcher.acceptors[index] = undefined
        this.#native.closeListener(index)
      }
    }
  }

  #group({ codec, limits, holdWhenBlocked }: ChannelHost): NativeGroup {
    return {
      plan: this.#plan(codec.native),
      highWaterMark: Math.min(limits.highWaterMark, LARGEST_MARK),
      lowWaterMark: Math.min(limits.lowWaterMark, LARGEST_MARK),
      holdWhenBlocked
    }
  }

  /** The number of a framing plan; equal plans have the same. */
  #plan(framing: NativeFraming<unknown> | null | undefined): number {
    const plan = framing?.plan
    if (plan === undefined) return NO_PLAN
    let number = this.#numbers.get(plan)
    if (number === undefined) {
      const key = JSON.stringify(plan)
      number = this.#plans.get(key) ?? this.#native.plan(plan)
      this.#plans.set(key, number)
      this.#numbers.set(plan, number)
    }
    return number
  }

  #command(operation: number, slot: number, a = 0, b = 0): void {
    const { control, commands } = this.#bridge
    let count = control[L.COMMAND_COUNT] as number
    if (count === L.COMMANDS) {
      this.#native.flush()
      count = 0
    }
    const at = count * L.COMMAND_WORDS
    commands[at] = operation
    commands[at + 1] = slot
    commands[at + 2] = a
    commands[at + 3] = b
    control[L.COMMAND_COUNT] = count + 1
  }
}

function toAddress([family, host, port]: NativeAddress): Address {
  return family === 'unknown' ? Address.unknown : new Address(family, host, port)
}
