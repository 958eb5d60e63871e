#include "framing/delimited.h"

#include <algorithm>
#include <cstring>

namespace shiny::framing {

Outcome DelimitedPlan::frame(State& state, const uint8_t* bytes, uint32_t start, uint32_t end, Table& table) const {
  const auto size = static_cast<uint32_t>(delimiter_.size());
  uint32_t frame = start;
  uint32_t from = start + state.scanned;
  Outcome outcome{start};
  while (from < end) {
    const void* const found = std::memchr(bytes + from, delimiter_.back(), end - from);
    if (found == nullptr) break;
    const auto behind = static_cast<uint32_t>(static_cast<const uint8_t*>(found) - bytes) + 1;
    if (!ends_at(bytes, frame, behind)) {
      from = behind;
      continue;
    }
    outcome.end = frame;
    state.scanned = behind - 1 - frame;
    if (behind - size - frame > max_length_) {
      outcome.reason = kTooLong;
      outcome.detail = static_cast<int32_t>(max_length_);
      return outcome;
    }
    if (!table.room(2)) {
      outcome.full = true;
      return outcome;
    }
    table.words[table.count++] = static_cast<int32_t>(behind);
    table.words[table.count++] = static_cast<int32_t>(behind - size);
    frame = from = behind;
  }
  outcome.end = frame;
  state.scanned = end - frame;
  if (too_long(bytes, frame, end)) {
    outcome.reason = kTooLong;
    outcome.detail = static_cast<int32_t>(max_length_);
  }
  return outcome;
}

// Whether a whole delimiter stands just before `behind`.
bool DelimitedPlan::ends_at(const uint8_t* bytes, uint32_t frame, uint32_t behind) const {
  const size_t size = delimiter_.size();
  return behind - frame >= size && std::memcmp(bytes + behind - size, delimiter_.data(), size) == 0;
}

// Whether a frame that has no delimiter yet cannot become short enough. The last bytes may be the beginning of one.
bool DelimitedPlan::too_long(const uint8_t* bytes, uint32_t frame, uint32_t end) const {
  const uint32_t length = end - frame;
  if (length <= max_length_) return false;
  for (auto begun = static_cast<uint32_t>(std::min<size_t>(delimiter_.size() - 1, length)); begun > 0; --begun) {
    if (std::memcmp(bytes + end - begun, delimiter_.data(), begun) == 0) return length - begun > max_length_;
  }
  return true;
}

}  // namespace shiny::framing
