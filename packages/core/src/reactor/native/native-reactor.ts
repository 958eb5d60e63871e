import { type NativeReactor as Binding, load, type NativeAddress, type NativeBinding } from '@shiny/native'
import { Address } from '../../connection/address.js'
import type { Channel } from '../../connection/channel.js'
import type { Acceptor, Listener, ListenSpec, Reactor, ReactorInfo } from '../contract.js'
import { listenError } from '../listen-error.js'
import { OutputArena } from '../output-arena.js'
import { Bridge } from './bridge.js'
import { Dispatcher } from './dispatcher.js'
import * as L from './layout.js'

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
  readonly output: OutputArena
  readonly #bridge: Bridge
  readonly #native: Binding
  readonly #dispatcher: Dispatcher
  #references = 0

  constructor(binding: NativeBinding) {
    const bridge = new Bridge()
    this.#bridge = bridge
    this.#dispatcher = new Dispatcher(bridge, (slot) => this.#command(L.DESTROY, slot))
    const design = process.env.SHINY_HOST_LOOP === 'nested' ? 'nested' : 'adaptive'
    const native = binding.start(bridge, () => this.#dispatcher.turn(), design)
    this.#native = native
    this.output = new OutputArena(native, bridge.output, bridge.outputTable, bridge.sent)
    this.info = { kind: 'native', backend: native.backend }
  }

  async listen(spec: ListenSpec, acceptor: Acceptor): Promise<Listener> {
    const { codec, highWaterMark, lowWaterMark, holdWhenBlocked } = acceptor.host
    const plan = codec.native?.plan ?? null
    const index = this.#native.listen({ ...spec, plan, highWaterMark, lowWaterMark, holdWhenBlocked })
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

  hold(channel: Channel): void {
    this.#command(L.HOLD, channel.slot)
  }

  release(channel: Channel): void {
    this.#command(L.RELEASE, channel.slot)
  }

  close(channel: Channel): void {
    this.#command(L.CLOSE_GRACEFULLY, channel.slot)
  }

  destroy(channel: Channel): void {
    this.#command(L.DESTROY, channel.slot)
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

  ref(): void {
    if (this.#references++ === 0) this.#native.setReferenced(true)
  }

  unref(): void {
    if (--this.#references === 0) this.#native.setReferenced(false)
  }

  #command(operation: number, slot: number): void {
    const { control, commands } = this.#bridge
    let count = control[L.COMMAND_COUNT] as number
    if (count === L.COMMANDS) {
      this.#native.flush()
      count = 0
    }
    const at = count * L.COMMAND_WORDS
    commands[at] = operation
    commands[at + 1] = slot
    control[L.COMMAND_COUNT] = count + 1
  }
}

function toAddress([family, host, port]: NativeAddress): Address {
  return family === 'unknown' ? Address.unknown : new Address(family, host, port)
}
