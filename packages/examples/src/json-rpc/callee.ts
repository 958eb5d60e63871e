import { Connection, checkSchema, DecodeError } from '@shiny/core'
import type { Methods } from './method.js'
import {
  failed,
  INTERNAL_ERROR,
  INVALID_PARAMS,
  INVALID_REQUEST,
  METHOD_NOT_FOUND,
  PARSE_ERROR,
  type Request,
  type Response,
  RpcError,
  request,
  succeeded
} from './protocol.js'

/** What the callees of a server share. */
export interface Service {
  readonly methods: Methods
  /** How many requests, or batches, of one client are under way at the same time. */
  readonly maxRunning: number
  /** Told what a method threw that was not meant for its caller. */
  failed(error: unknown): void
}

/** The server's side of one connection: it answers requests in the order in which they are done. */
export class Callee extends Connection<Request | unknown[], Response | Response[], Service> {
  #most = this.app.maxRunning
  #running = 0
  #ended = false

  /** Returns no promise, because the next message would wait for it. What bounds the work is `pause`. */
  override onMessage(message: Request | unknown[]): void {
    this.#running++
    if (this.#running >= this.#most) this.pause()
    this.#answer(message).catch((error) => this.destroy(error))
  }

  /** The frame is known, so that what is wrong with its content costs that request alone. */
  override onError(error: Error): void | 'continue' {
    if (!(error instanceof DecodeError)) return
    const code = error.cause instanceof SyntaxError || error.code === 'ERR_TRUNCATED' ? PARSE_ERROR : INVALID_REQUEST
    this.send(failed(null, new RpcError(code)))
    return 'continue'
  }

  /** The client has asked all that it wanted to, and may still wait for answers. */
  override onEnd(): void {
    this.#ended = true
    if (this.#running === 0) this.end()
  }

  /**
   * From now on one request at a time, and none while another runs: a server that stops closes a connection when all that has
   * arrived was handled, and knows nothing of what goes on behind a handler, but it waits for who is paused.
   */
  finish(): void {
    this.#most = 1
    if (this.#running > 0) this.pause()
  }

  async #answer(message: Request | unknown[]): Promise<void> {
    const reply = await (Array.isArray(message) ? this.#answerEach(message) : this.#call(message))
    this.#running--
    if (!this.isOpen) return
    if (reply !== null) this.#reply(reply)
    if (this.#ended && this.#running === 0) this.end()
    else if (this.#running < this.#most) this.resume()
  }

  /** One after another: a batch counts as one request, whatever its length. */
  async #answerEach(batch: readonly unknown[]): Promise<Response[] | null> {
    const replies: Response[] = []
    for (const one of batch) {
      if (!this.isOpen) return null
      const { data } = request.safeParse(one)
      const reply = data === undefined ? failed(null, new RpcError(INVALID_REQUEST)) : await this.#call(data)
      if (reply !== null) replies.push(reply)
    }
    return replies.length === 0 ? null : replies
  }

  /** The answer to one request; null for a notification. */
  async #call({ method, params, id }: Request): Promise<Response | null> {
    try {
      const result = await this.#run(method, params)
      return id === undefined ? null : succeeded(id, result)
    } catch (thrown) {
      if (!(thrown instanceof RpcError)) this.app.failed(thrown)
      // Of what went wrong inside, a stranger learns no more than that.
      const error = thrown instanceof RpcError ? thrown : new RpcError(INTERNAL_ERROR)
      return id === undefined ? null : failed(id, error)
    }
  }

  #run(name: string, params: unknown): unknown {
    const { methods } = this.app
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined
    if (method === undefined) throw new RpcError(METHOD_NOT_FOUND)
    let checked: unknown
    try {
      checked = checkSchema(method.params, params)
    } catch (error) {
      // The message names the path of what is wrong.
      if (error instanceof DecodeError) throw new RpcError(INVALID_PARAMS, undefined, error.message)
      throw error
    }
    return method.run(checked as never, this)
  }

  /** A result may be too long for a frame, or something that JSON cannot tell; the caller is to learn of it. */
  #reply(reply: Response | Response[]): void {
    try {
      this.send(reply)
    } catch (error) {
      const refused = ({ id }: Response) =>
        failed(id, new RpcError(INTERNAL_ERROR, undefined, (error as Error).message))
      this.send(Array.isArray(reply) ? reply.map(refused) : refused(reply))
    }
  }
}
