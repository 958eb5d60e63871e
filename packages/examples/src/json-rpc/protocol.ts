import { json, lengthPrefixed } from '@shiny/codecs'
import type { Codec } from '@shiny/core'
import * as z from 'zod'

/** What can be wrong with a request, by the numbers of the specification (section 5.1). */
export const PARSE_ERROR = -32700
export const INVALID_REQUEST = -32600
export const METHOD_NOT_FOUND = -32601
export const INVALID_PARAMS = -32602
export const INTERNAL_ERROR = -32603

const MESSAGES: Readonly<Record<number, string>> = {
  [PARSE_ERROR]: 'Parse error',
  [INVALID_REQUEST]: 'Invalid Request',
  [METHOD_NOT_FOUND]: 'Method not found',
  [INVALID_PARAMS]: 'Invalid params',
  [INTERNAL_ERROR]: 'Internal error'
}

/** The most requests in one batch. */
const LARGEST_BATCH = 1000

const id = z.union([z.string(), z.number(), z.null()])

/** One request; without an `id` it is a notification, which nobody answers. */
export const request = z.object({
  jsonrpc: z.literal('2.0'),
  method: z.string(),
  params: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]).optional(),
  id: id.optional()
})

const failure = z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() })
const response = z.object({ jsonrpc: z.literal('2.0'), id, result: z.unknown().optional(), error: failure.optional() })

export type Id = z.infer<typeof id>
export type Request = z.infer<typeof request>
export type Response = z.infer<typeof response>

// The requests of a batch are judged one by one, since a wrong one does no harm to the others.
const requests = z.union([request, z.array(z.unknown()).min(1).max(LARGEST_BATCH)])
const responses = z.union([response, z.array(response)])

/** What a server receives and sends, in frames of at most `maxLength` bytes. */
export function serverCodec(maxLength: number): Codec<Request | unknown[], Response | Response[]> {
  return lengthPrefixed({ maxLength }).of(json(requests))
}

/** What a client receives and sends. */
export function clientCodec(maxLength: number): Codec<Response | Response[], Request | Request[]> {
  return lengthPrefixed({ maxLength }).of(json(responses))
}

/** An error that is answered as it is: thrown by methods for their callers, and what a client's calls reject with. */
export class RpcError extends Error {
  readonly code: number
  readonly data: unknown

  constructor(code: number, message: string = MESSAGES[code] ?? 'Server error', data?: unknown) {
    super(message)
    this.code = code
    this.data = data
  }

  override get name(): string {
    return 'RpcError'
  }
}

export function succeeded(id: Id, result: unknown): Response {
  // JSON leaves out what is undefined, but an answer must have its result.
  return { jsonrpc: '2.0', result: result ?? null, id }
}

export function failed(id: Id, { code, message, data }: RpcError): Response {
  return { jsonrpc: '2.0', error: { code, message, data }, id }
}
