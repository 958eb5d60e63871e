#include "framing/line.h"

#include <cstring>

namespace shiny::framing {

Outcome LinePlan::frame(State& state, const uint8_t* bytes, uint32_t start, uint32_t end, Table& table) const {
  uint32_t line = start;
  uint32_t from = start + state.scanned;
  Outcome outcome{start};
  while (from < end) {
    const void* const found = std::memchr(bytes + from, '\n', end - from);
    if (found == nullptr) break;
    const auto feed = static_cast<uint32_t>(static_cast<const uint8_t*>(found) - bytes);
    const bool returned = feed > line && bytes[feed - 1] == '\r';
    if (newline_ == Newline::kCrlf && !returned) {
      from = feed + 1;
      continue;
    }
    const uint32_t content_end = returned && newline_ != Newline::kLf ? feed - 1 : feed;
    outcome.end = line;
    state.scanned = feed - line;
    if (content_end - line > max_length_) {
      outcome.reason = kTooLong;
      outcome.detail = static_cast<int32_t>(max_length_);
      return outcome;
    }
    if (!table.room(2)) {
      outcome.full = true;
      return outcome;
    }
    table.words[table.count++] = static_cast<int32_t>(feed + 1);
    table.words[table.count++] = static_cast<int32_t>(content_end);
    line = from = feed + 1;
  }
  outcome.end = line;
  state.scanned = end - line;
  if (too_long(bytes, line, end)) {
    outcome.reason = kTooLong;
    outcome.detail = static_cast<int32_t>(max_length_);
  }
  return outcome;
}

// Whether a line that has no ending yet cannot become short enough. One byte too many is no harm when it is a CR that an
// LF may follow.
bool LinePlan::too_long(const uint8_t* bytes, uint32_t line, uint32_t end) const {
  const uint32_t length = end - line;
  if (length <= max_length_) return false;
  return length - max_length_ > 1 || newline_ == Newline::kLf || bytes[end - 1] != '\r';
}

}  // namespace shiny::framing
