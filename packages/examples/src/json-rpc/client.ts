import { type CloseReason, Connection, type ConnectTarget, connect } from '@shiny/core'
import type { Methods, ParamsOf, ResultOf } from './method.js'
import { clientCodec, type Request, type Response, RpcError } from './protocol.js'

interface Call {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** A parameter that may be left out where the method's schema lets it. */
type Params<P> = undefined extends P ? [params?: P] : [params: P]

/** A client of a server whose methods are `M`: `RpcClient.dial<typeof calculator>({ port })`. */
export class RpcClient<M extends Methods> extends Connection<Response | Response[], Request | Request[]> {
  readonly #calls = new Map<number, Call>()
  #lastId = 0
  /** The requests of the batch that is being made. */
  #batch: Request[] | null = null

  /** Connects. Messages have at most `maxMessage` bytes, 1 MiB by default. */
  static dial<M extends Methods>(target: ConnectTarget, maxMessage = 1_048_576): Promise<RpcClient<M>> {
    return connect({ ...target, codec: clientCodec(maxMessage), connection: RpcClient<M> })
  }

  /** Calls a method; rejects with an {@link RpcError} when the server answers one, or with what ended the connection. */
  call<Name extends keyof M & string>(name: Name, ...[params]: Params<ParamsOf<M[Name]>>): Promise<ResultOf<M[Name]>> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      this.#post(name, params, id)
      this.#calls.set(id, { resolve: resolve as (result: unknown) => void, reject })
    })
  }

  /** Calls a method without waiting for an answer, or for an error. */
  notify<Name extends keyof M & string>(name: Name, ...[params]: Params<ParamsOf<M[Name]>>): void {
    this.#post(name, params)
  }

  /** Sends all that `make` calls in one message: `batch(() => Promise.all([client.call(…), client.call(…)]))`. */
  batch<T>(make: () => T): T {
    const batch: Request[] = []
    this.#batch = batch
    try {
      return make()
    } finally {
      this.#batch = null
      if (batch.length > 0) this.send(batch)
    }
  }

  override onMessage(message: Response | Response[]): void {
    for (const response of Array.isArray(message) ? message : [message]) this.#settle(response)
  }

  /** Whatever went wrong rejects the calls, in `onClose`. */
  override onError(_error: Error): void {}

  override onClose({ error }: CloseReason): void {
    const gone = error ?? new Error('the connection closed before the answer')
    for (const call of this.#calls.values()) call.reject(gone)
    this.#calls.clear()
  }

  #post(method: string, params: unknown, id?: number): void {
    // What was checked by types is one of the two that JSON-RPC has.
    const request = { jsonrpc: '2.0', method, params, id } as Request
    if (this.#batch === null) this.send(request)
    else this.#batch.push(request)
  }

  #settle({ id, result, error }: Response): void {
    const failure = error === undefined ? null : new RpcError(error.code, error.message, error.data)
    const call = this.#calls.get(id as number)
    if (call === undefined) {
      // The server could not tell whose request it was: nobody knows which calls will never be answered.
      this.destroy(failure ?? new Error('an answer to nothing'))
      return
    }
    this.#calls.delete(id as number)
    if (failure === null) call.resolve(result)
    else call.reject(failure)
  }
}
