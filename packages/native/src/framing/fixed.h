// Cuts frames of one size.
#pragma once

#include "framing/framing.h"

namespace shiny::framing {

// An entry is [end]. Nothing is refused.
class FixedPlan final : public Plan {
 public:
  // `size` is not 0.
  explicit FixedPlan(uint32_t size) : size_(size) {}

  Outcome frame(State& state, const uint8_t* bytes, uint32_t start, uint32_t end, Table& table) const override;

 private:
  const uint32_t size_;
};

}  // namespace shiny::framing
