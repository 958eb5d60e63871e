// Cuts frames that tell their length.
#pragma once

#include "framing/framing.h"

namespace shiny::framing {

// A frame is `offset` bytes, the length in `bytes` bytes (1 to 8), and as many bytes more as the length says, plus
// `adjust`. Its content is all but the first `strip` bytes. An entry is [end]. A length is judged as soon as it is there,
// and nothing is allocated for it.
class LengthPlan final : public Plan {
 public:
  enum Reason : int32_t { kTooLong = 1, kTooShort = 2 };

  struct Layout {
    uint32_t offset;
    uint32_t bytes;
    bool little_endian;
    int32_t adjust;
    uint32_t strip;
    uint32_t max_length;  // of the content
  };

  explicit LengthPlan(const Layout& layout) : layout_(layout) {}

  Outcome frame(State& state, const uint8_t* bytes, uint32_t start, uint32_t end, Table& table) const override;

 private:
  uint64_t announced(const uint8_t* prefix) const;
  int32_t judge(int64_t total) const;

  const Layout layout_;
};

}  // namespace shiny::framing
