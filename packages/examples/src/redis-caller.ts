/**
 * A client of Redis in one class: a promise for each command, any number of them under way.
 *
 *     const redis = await RedisCaller.dial({ port: 6379 })
 *     await redis.call('HELLO', 3)
 *     const [, value] = await Promise.all([redis.call('SET', 'greeting', 'hello'), redis.call('GET', 'greeting')])
 */
import { RespAttributed, RespFailure, RespPush, type RespRequest, type RespValue, respClient } from '@shiny/codecs'
import { type CloseReason, Connection, type ConnectTarget, connect } from '@shiny/core'

/** What the server answered was an error. */
export class RedisError extends Error {
  /** Its first word, such as `ERR` or `WRONGTYPE`. */
  get code(): string {
    return this.message.split(' ', 1)[0] as string
  }

  override get name(): string {
    return 'RedisError'
  }
}

interface Call {
  resolve(value: RespValue): void
  reject(error: Error): void
}

export class RedisCaller extends Connection<RespValue, RespRequest> {
  /** Told of what the server says unasked; in RESP2 there is no such thing. */
  onPush: ((elements: readonly RespValue[]) => void) | null = null
  /** Calls that wait for their replies, in the order that they were sent; those before `#next` are answered. */
  #calls: Call[] = []
  #next = 0

  /** Connects; `codec` says how replies are read, `respClient()` by default. */
  static dial(target: ConnectTarget, codec: ReturnType<typeof respClient> = respClient()): Promise<RedisCaller> {
    return connect({ ...target, codec, connection: RedisCaller })
  }

  /** Sends a command and answers what the server replies; rejects with a {@link RedisError} when it replies an error. */
  call(...request: RespRequest): Promise<RespValue> {
    return new Promise((resolve, reject) => {
      this.send(request)
      this.#calls.push({ resolve, reject })
    })
  }

  override onMessage(message: RespValue): void {
    const value = message instanceof RespAttributed ? message.value : message
    if (value instanceof RespPush) {
      this.onPush?.(value.elements)
      return
    }
    const call = this.#take()
    if (call === undefined) this.destroy(new Error('a reply to nothing'))
    else if (value instanceof RespFailure) call.reject(new RedisError(value.text))
    else call.resolve(value)
  }

  override onError(_error: Error): void {}

  override onClose({ error }: CloseReason): void {
    const gone = error ?? new Error('the connection closed before the reply')
    for (let call = this.#take(); call !== undefined; call = this.#take()) call.reject(gone)
  }

  #take(): Call | undefined {
    const call = this.#calls[this.#next]
    if (call === undefined) return undefined
    this.#next++
    if (this.#next === this.#calls.length) {
      this.#calls = []
      this.#next = 0
    }
    return call
  }
}
