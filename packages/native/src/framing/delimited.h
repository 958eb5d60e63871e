// Cuts after each delimiter.
#pragma once

#include <string>

#include "framing/framing.h"

namespace shiny::framing {

// An entry is [end, end of the content]. A frame is refused as soon as no delimiter that may still come could make its
// content at most `max_length` bytes long.
class DelimitedPlan final : public Plan {
 public:
  enum Reason : int32_t { kTooLong = 1 };

  // The delimiter is not empty.
  DelimitedPlan(std::string delimiter, uint32_t max_length)
      : delimiter_(std::move(delimiter)), max_length_(max_length) {}

  Outcome frame(State& state, const uint8_t* bytes, uint32_t start, uint32_t end, Table& table) const override;

 private:
  bool ends_at(const uint8_t* bytes, uint32_t frame, uint32_t behind) const;
  bool too_long(const uint8_t* bytes, uint32_t frame, uint32_t end) const;

  const std::string delimiter_;
  const uint32_t max_length_;
};

}  // namespace shiny::framing
