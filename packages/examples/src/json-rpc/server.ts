import { Server, type StopOptions } from '@shiny/core'
import { Callee, type Service } from './callee.js'
import type { Methods } from './method.js'
import { type Request, type Response, serverCodec } from './protocol.js'

/** What a server of methods may be told. */
export interface RpcOptions {
  /** How many requests, or batches, of one client are under way at the same time; default 16. */
  readonly maxRunning?: number
  /** The longest message in bytes, received or sent; default 1 MiB. */
  readonly maxMessage?: number
  /** Told what a method threw that was not meant for its caller; by default nobody is. */
  readonly failed?: (error: unknown) => void
}

/** A server of JSON-RPC 2.0: each message in a frame of its own, behind its length in four bytes. */
export class RpcServer extends Server<Request | unknown[], Response | Response[], Service> {
  constructor(methods: Methods, { maxRunning = 16, maxMessage = 1_048_576, failed = () => {} }: RpcOptions = {}) {
    super({
      codec: serverCodec(maxMessage),
      connection: Callee,
      app: { methods, maxRunning, failed },
      // Who has sent its last request may still wait for answers.
      allowHalfOpen: true,
      timeouts: { read: 60_000 }
    })
  }

  /** Answers what is under way before it stops. */
  override stop(options: StopOptions = {}): Promise<void> {
    for (const callee of this.connections) (callee as Callee).finish()
    return super.stop(options)
  }
}
