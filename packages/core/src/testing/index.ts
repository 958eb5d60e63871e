/**
 * Tests of codecs and handlers, for any runner: what is wrong is thrown as a plain error. It loads no binary and opens no
 * socket.
 *
 * @packageDocumentation
 */
export { CodecFault, type FaultKind, type FaultPlace } from './verify/codec-fault.js'
export type { Bytes } from './verify/pieces.js'
export type { PlanFramer } from './verify/plan-drive.js'
export type {
  CodecVectors,
  EndVector,
  InvalidVector,
  ValidVector,
  VerifyOptions,
  VerifyReport
} from './verify/vectors.js'
export { verifyCodec } from './verify/verify-codec.js'
