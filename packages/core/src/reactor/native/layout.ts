/**
 * The layout of the memory that is shared with the native reactor; packages/native/src/reactor/bridge.h is the same in C++
 * and says what each word means.
 */

// Words of the control block.
export const RECORD_COUNT = 0
export const COMMAND_COUNT = 1
export const TURN_WANTED = 2
export const CONTROL_WORDS = 8

// Kinds of records.
export const OPEN = 1
/** In START of OPEN, in place of a listener: this side began the connection. */
export const OWN = -1
export const DATA = 2
export const DRAIN = 3
export const END = 4
export const CLOSE = 5
export const IDLE = 6
export const ACCEPT_FAILED = 7
/** See datagram-layout.ts. */
export const DATAGRAMS = 32

// Words of a record.
export const KIND = 0
export const SLOT = 1
export const START = 2
export const FINISH = 3
export const FRAME_AT = 4
export const FRAME_UNTIL = 5
export const FRAMED_END = 6
export const FLAGS = 7
export const REASON = 8
export const DETAIL = 9
export const CONSUMED = 10
export const NEEDED = 11
export const RECORD_WORDS = 12

// Flags of a record.
export const OWN_MEMORY = 1
export const FRAMED = 2

// In NEEDED: the handler stopped although there was more.
export const STOPPED_EARLY = -1
export const MORE_WITHOUT_BYTES = -2

// Operations of commands.
export const HOLD = 1
export const RELEASE = 2
export const CLOSE_GRACEFULLY = 3
export const DESTROY = 4
export const DRAIN_INPUT = 5
export const HALF_CLOSE = 6
export const REFRAME = 7
export const SET_WATER = 8
export const COMMAND_WORDS = 4

// Sizes, in elements of the arrays. The tables bound a turn, not what can be served: what does not fit waits for the next.
export const INPUT_BYTES = 512 * 1024
export const OUTPUT_BYTES = 1024 * 1024
export const RECORDS = 2048
export const COMMANDS = 4096
export const OUTPUT_TABLE_WORDS = 4 + 3 * 4096
export const FRAME_WORDS = 128 * 1024
/** Connections of one reactor. Pages of the tables that are never touched take no memory. */
export const SLOTS = 256 * 1024
