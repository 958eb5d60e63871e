// Cuts after each line feed, or after each carriage return and line feed.
#pragma once

#include "framing/framing.h"

namespace shiny::framing {

// What ends a line: LF with one CR before it dropped; LF, before which a CR is content; CR LF, of which either alone is
// content.
enum class Newline { kAny, kLf, kCrlf };

// An entry is [end, end of the content]. A line is refused as soon as no ending that may still come could make its
// content at most `max_length` bytes long.
class LinePlan final : public Plan {
 public:
  enum Reason : int32_t { kTooLong = 1 };

  LinePlan(Newline newline, uint32_t max_length) : newline_(newline), max_length_(max_length) {}

  Outcome frame(State& state, const uint8_t* bytes, uint32_t start, uint32_t end, Table& table) const override;

 private:
  bool too_long(const uint8_t* bytes, uint32_t line, uint32_t end) const;

  const Newline newline_;
  const uint32_t max_length_;
};

}  // namespace shiny::framing
