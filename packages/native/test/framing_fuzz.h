// One stream, framed in one piece and then in random pieces with little room in the table: the outcomes must be the same.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "framing_driver.h"

namespace shiny::framing {

// The entry as numbers, each offset from the end of the frame: where the frame lies in memory is the driver's choice.
template <uint32_t kFixed>
uint32_t render(std::string& text, const uint8_t* bytes, uint32_t /*start*/, const int32_t* entry) {
  if (kFixed == 1) return 1;
  const uint32_t words = kFixed == 2 ? 2 : 3 + static_cast<uint32_t>(entry[2]) * 2;
  for (uint32_t i = 1; i < kFixed; ++i) text += std::to_string(kFixed == 2 ? entry[0] - entry[i] : entry[i]) + ",";
  for (uint32_t i = kFixed; i < words; i += 2) {
    const auto length = static_cast<size_t>(entry[i + 1] - entry[i]);
    text += printable({reinterpret_cast<const char*>(bytes) + entry[i], length}) + ",";
  }
  return words;
}

// `below(limit)` decides. Both outcomes, the whole one first.
template <typename Below>
std::pair<std::string, std::string> frame_twice(const Plan& plan, const Render& render, std::string_view bytes,
                                                Below below) {
  std::string whole = Driver{plan, render}.run({bytes});
  const auto room = static_cast<uint32_t>(below(20));
  Pieces pieces;
  for (std::string_view rest = bytes; !rest.empty();) {
    const size_t size = below(2) == 0 ? 1 + below(rest.size()) : 1 + below(std::min<size_t>(rest.size(), 4));
    pieces.push_back(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  return {std::move(whole), Driver{plan, render, room}.run(pieces)};
}

}  // namespace shiny::framing
