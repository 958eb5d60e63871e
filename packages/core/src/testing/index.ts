/**
 * Tests of codecs and handlers, for any runner: what is wrong is thrown as a plain error. It loads no binary and opens no
 * socket.
 *
 * @packageDocumentation
 */
export { type FuzzOptions, fuzzTarget } from './fuzz-target.js'
export {
  type MockClock,
  MockConnection,
  type MockOptions,
  mockConnection
} from './mock/mock-connection.js'
export { type Pair, type PairOptions, type PairSide, pair } from './mock/pair.js'
export type { ConnectionEvent } from './mock/recorder.js'
export { Script, script } from './mock/script.js'
export { CodecFault, type FaultKind, type FaultPlace } from './verify/codec-fault.js'
export type { Bytes } from './verify/pieces.js'
export type { PlanFramer } from './verify/plan-drive.js'
export {
  type CodecVectors,
  type EndVector,
  type Expected,
  type InvalidVector,
  Refusal,
  type ValidVector,
  type VerifyOptions,
  type VerifyReport
} from './verify/vectors.js'
export { verifyCodec } from './verify/verify-codec.js'
export { type InterruptOptions, type InterruptReport, verifyInterrupts } from './verify-interrupts.js'
