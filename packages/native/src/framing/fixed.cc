#include "framing/fixed.h"

namespace shiny::framing {

Outcome FixedPlan::frame(State& /*state*/, const uint8_t* /*bytes*/, uint32_t start, uint32_t end, Table& table) const {
  Outcome outcome{start};
  while (end - outcome.end >= size_) {
    if (!table.room(1)) {
      outcome.full = true;
      return outcome;
    }
    outcome.end += size_;
    table.words[table.count++] = static_cast<int32_t>(outcome.end);
  }
  if (outcome.end < end) outcome.need = size_;
  return outcome;
}

}  // namespace shiny::framing
