// Cuts nothing: all the bytes that are there are one frame.
#pragma once

#include "framing/framing.h"

namespace shiny::framing {

// An entry is [end].
class BytesPlan final : public Plan {
 public:
  Outcome frame(State& state, const uint8_t* bytes, uint32_t start, uint32_t end, Table& table) const override;
};

}  // namespace shiny::framing
