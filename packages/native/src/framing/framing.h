// The contract of native framing: finding whole frames in a connection's bytes.
//
// A Plan is immutable and shared by all connections that use it; what a connection has learnt of the frame it stands in is
// its State. A plan owns no bytes and makes no values: it writes offsets into a table of 32-bit words that JavaScript reads.
// The layout of an entry is the plan's own, but its word 0 is always the end of the frame. This room knows nothing of
// sockets or of Node.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace shiny::framing {

// The words that one turn's frames are written to. Borrowed; the reactor owns the memory.
struct Table {
  int32_t* words;
  uint32_t capacity;
  uint32_t count;

  bool room(uint32_t wanted) const { return capacity - count >= wanted; }
};

// What a plan must remember of an incomplete frame beyond `scanned`; each plan derives its own. Made only when needed.
struct Partial {
  virtual ~Partial() = default;
};

// One connection's place in an incomplete frame. Offsets count from the first byte of that frame, since the bytes move.
struct State {
  uint32_t scanned = 0;  // bytes of the frame that need not be looked at again
  std::unique_ptr<Partial> partial;

  void reset() {
    scanned = 0;
    partial.reset();
  }
};

struct Outcome {
  uint32_t end;        // all before this offset is whole frames, whose entries are in the table, or nothing to deliver
  uint32_t need = 0;   // with fewer bytes than this behind `end`, framing again is useless; 0: unknown
  int32_t reason = 0;  // not 0: the bytes at `end` are refused; the plan's number for it
  int32_t detail = 0;  // a byte or a length, as the reason defines
  bool full = false;   // the table had no room for a frame that is whole; frame again from `end`
};

class Plan {
 public:
  virtual ~Plan() = default;

  // Appends the entries of the whole frames in bytes[start, end). `state` describes the frame that begins at `start`;
  // after the call, the one that begins at the outcome's `end`. Offsets in entries count from `bytes`.
  virtual Outcome frame(State& state, const uint8_t* bytes, uint32_t start, uint32_t end, Table& table) const = 0;
};

}  // namespace shiny::framing
