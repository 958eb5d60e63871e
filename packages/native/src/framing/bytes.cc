#include "framing/bytes.h"

namespace shiny::framing {

Outcome BytesPlan::frame(State& /*state*/, const uint8_t* /*bytes*/, uint32_t start, uint32_t end, Table& table) const {
  Outcome outcome{start};
  if (start == end) return outcome;
  if (!table.room(1)) {
    outcome.full = true;
    return outcome;
  }
  table.words[table.count++] = static_cast<int32_t>(end);
  outcome.end = end;
  return outcome;
}

}  // namespace shiny::framing
