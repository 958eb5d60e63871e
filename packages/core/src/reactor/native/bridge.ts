import type { NativeBridge } from '@shiny/native'
import { type RawBuffer, rawBuffer } from '../../codec/index.js'
import { VITALS } from '../../time/vitals.js'
import * as L from './layout.js'

/**
 * The shared memory. It is made here, in memory of JavaScript's, because memory lent to JavaScript by an addon costs more
 * and is forbidden in some runtimes; it stays where it is as long as the reactor lives.
 */
export class Bridge implements NativeBridge {
  readonly control = new Int32Array(new ArrayBuffer(4 * L.CONTROL_WORDS))
  readonly records = new Int32Array(new ArrayBuffer(4 * L.RECORDS * L.RECORD_WORDS))
  readonly commands = new Int32Array(new ArrayBuffer(4 * L.COMMANDS * L.COMMAND_WORDS))
  readonly outputTable = new Int32Array(new ArrayBuffer(4 * L.OUTPUT_TABLE_WORDS))
  readonly frames = new Int32Array(new ArrayBuffer(4 * L.FRAME_WORDS))
  readonly sent = new Float64Array(new ArrayBuffer(8 * L.SLOTS))
  readonly vitals = new Float64Array(new ArrayBuffer(8 * L.SLOTS * VITALS))
  readonly input: RawBuffer = rawBuffer(L.INPUT_BYTES)
  readonly output: RawBuffer = rawBuffer(L.OUTPUT_BYTES)
  readonly inputs: (ArrayBuffer | undefined)[] = []
}
