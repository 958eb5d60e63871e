#include "framing/length.h"

#include <algorithm>

namespace shiny::framing {

namespace {

// Above what any frame may have, and far below what could overflow.
constexpr uint64_t kHuge = uint64_t{1} << 40;

}  // namespace

Outcome LengthPlan::frame(State& /*state*/, const uint8_t* bytes, uint32_t start, uint32_t end, Table& table) const {
  const uint32_t head = layout_.offset + layout_.bytes;
  Outcome outcome{start};
  while (outcome.end < end) {
    const uint32_t length = end - outcome.end;
    if (length < head) {
      outcome.need = head;
      return outcome;
    }
    const uint64_t more = std::min(announced(bytes + outcome.end + layout_.offset), kHuge);
    const int64_t total = static_cast<int64_t>(more) + head + layout_.adjust;
    outcome.reason = judge(total);
    if (outcome.reason != 0) {
      if (outcome.reason == kTooLong) outcome.detail = static_cast<int32_t>(layout_.max_length);
      return outcome;
    }
    if (length < total) {
      outcome.need = static_cast<uint32_t>(total);
      return outcome;
    }
    if (!table.room(1)) {
      outcome.full = true;
      return outcome;
    }
    outcome.end += static_cast<uint32_t>(total);
    table.words[table.count++] = static_cast<int32_t>(outcome.end);
  }
  return outcome;
}

uint64_t LengthPlan::announced(const uint8_t* prefix) const {
  uint64_t value = 0;
  for (uint32_t i = 0; i < layout_.bytes; ++i) {
    value = value << 8 | prefix[layout_.little_endian ? layout_.bytes - 1 - i : i];
  }
  return value;
}

// The reason to refuse a frame of `total` bytes, or 0.
int32_t LengthPlan::judge(int64_t total) const {
  const uint32_t least = std::max(layout_.offset + layout_.bytes, layout_.strip);
  if (total < least) return kTooShort;
  return total - layout_.strip > layout_.max_length ? kTooLong : 0;
}

}  // namespace shiny::framing
