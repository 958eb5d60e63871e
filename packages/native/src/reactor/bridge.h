// The memory that the reactor shares with whoever handles its turns (JavaScript, or a test). The other side owns all of it
// and keeps it in place as long as the reactor lives. packages/core/src/reactor/native/layout.ts is the same in TypeScript.
//
// The reactor fills `records` and `frames`; then the handler runs; then the reactor reads what the handler wrote back
// into DATA records, the commands and the output records. Nothing else crosses.
#pragma once

#include <cstdint>

namespace shiny::reactor {

// Words of the control block.
enum Control : uint32_t {
  kRecordCount = 0,
  kCommandCount = 1,
  kTurnWanted = 2,  // the handler has work of its own: run a turn although nothing is ready
  kControlWords = 8,
};

// A record: what happened to a connection or a listener. Words: kind, slot, and seven more.
enum class RecordKind : int32_t {
  kOpen = 1,   // [listener, or -1 for one that this side began]
  kData = 2,   // [start, end, frameAt, frameUntil, framedEnd, flags, reason, detail] and back: [consumed, needed]
  kDrain = 3,  // output fell to the low-water mark
  kEnd =
      4,  // [start, end, -, -, -, flags]: the peer ended its side; the bytes no message was made of. Back: as for kData;
          // kStoppedEarly asks for it once more
  kClose = 5,         // [errno or 0]: the socket is gone, the slot is free after the turn
  kIdle = 6,          // all that had arrived has been delivered
  kAcceptFailed = 7,  // slot: the listener; [errno]
  kDatagrams = 32,    // slot: the UDP socket; see datagram_bridge.h
};

struct Record {
  RecordKind kind;
  int32_t slot;
  int32_t start;
  int32_t end;
  int32_t frame_at;
  int32_t frame_until;
  int32_t framed_end;
  int32_t flags;
  int32_t reason;
  int32_t detail;
  int32_t consumed;
  int32_t needed;
};
constexpr uint32_t kRecordWords = sizeof(Record) / sizeof(int32_t);

enum RecordFlags : int32_t {
  kOwnMemory = 1,  // the offsets are into the connection's own buffer, not into the input arena
  kFramed = 2,     // frames were found natively
};

// In `needed`, from the handler: it stopped although it could have gone on.
constexpr int32_t kStoppedEarly = -1;
// The same, with messages left that need no further bytes: it is to be asked again even if none are kept.
constexpr int32_t kMoreWithoutBytes = -2;

// What the handler asks for. Words: operation, slot, and two that depend on the operation.
enum class Operation : int32_t {
  kHold = 1,        // stop delivering and reading
  kRelease = 2,     // go on
  kClose = 3,       // flush, end the stream, discard input for a while, close
  kDestroy = 4,     // [reset]: close now, drop output; with a reset instead of an end where there is such a thing
  kDrainInput = 5,  // read what has arrived, then report kIdle
  kHalfClose = 6,   // flush and end the stream; go on delivering
  kReframe = 7,     // [plan or -1, drop]: frame what comes anew, and what is not consumed, unless it is to be dropped
  kSetWater = 8,    // [high, low]: in bytes
};

struct Command {
  Operation operation;
  int32_t slot;
  int32_t a;
  int32_t b;
};

// Output: a range of the output arena that a connection sends. Records begin at word kOutputFirst, word 0 counts them.
struct OutputRecord {
  int32_t slot;
  int32_t start;
  int32_t end;
};
constexpr uint32_t kOutputFirst = 4;

// How a connection is doing, as words of `vitals` behind kVitals times its slot. Times are those of sys::coarse_ms.
enum Vital : uint32_t {
  kLastRead = 0,    // when a byte last arrived
  kFrameSince = 1,  // since when an incomplete frame has been waiting for its rest; 0: there is none
  kLastWrite = 2,   // when output last left, or began to queue
  kBuffered = 3,    // bytes of input that are kept
  kVitals = 4,
};

struct Bridge {
  int32_t* control = nullptr;
  Record* records = nullptr;
  uint32_t record_capacity = 0;
  Command* commands = nullptr;
  int32_t* output_table = nullptr;
  uint8_t* input = nullptr;
  uint32_t input_size = 0;
  const uint8_t* output = nullptr;
  int32_t* frames = nullptr;
  uint32_t frame_words = 0;
  double* sent = nullptr;    // for each slot: bytes that have left since its connection opened
  double* vitals = nullptr;  // kVitals words for each slot
  uint32_t slots = 0;
};

}  // namespace shiny::reactor
