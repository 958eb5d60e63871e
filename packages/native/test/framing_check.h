// Checks that a framing plan finds the same, whatever the pieces that its bytes come in and however full the table is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "check.h"
#include "framing/plans.h"
#include "framing_driver.h"

namespace shiny::framing {

// Checks what comes of `bytes`, and that it comes of them in whatever pieces and however full the table is.
inline void check_all(const Description& description, const Render& render, std::string_view bytes,
                      const std::string& expected, int line) {
  const auto plan = make_plan(description);
  const Driver driver{*plan, render};
  const std::string whole = driver.run({bytes});
  check::equal(whole, expected, __FILE__, line, printable(bytes.substr(0, 60)).c_str());
  std::string differing;
  for (const Pieces& pieces : splits(bytes)) {
    const std::string text = driver.run(pieces);
    if (text == whole) continue;
    differing = text;
    for (const std::string_view piece : pieces) differing += " | " + printable(piece);
    break;
  }
  check::equal(differing, "", __FILE__, line, "another outcome for other pieces");
  for (uint32_t room = 0; room < 16; ++room) {
    const Driver full{*plan, render, room};
    check::equal(full.run({bytes}), whole, __FILE__, line, "another outcome for a full table");
    if (bytes.size() > 100) continue;
    for (size_t cut = 1; cut < bytes.size(); ++cut) {
      const std::string text = full.run({bytes.substr(0, cut), bytes.substr(cut)});
      if (text != whole) check::equal(text, whole, __FILE__, line, "another outcome for a full table and pieces");
    }
  }
}

enum class Spoil { kBytes, kLines };

// Feeds all but the last byte in small steps, and overwrites what need not be looked at again: whoever looks again is led
// astray. In one long line that is all but the last byte, which may be a CR; of RESP it is whole lines, since a header is
// read when all of it is there. Answers whether the frame was found where it is.
inline bool reads_once(const Plan& plan, std::string bytes, uint32_t step, char poison, Spoil spoil = Spoil::kBytes) {
  State state;
  std::vector<int32_t> words(Driver::kCapacity);
  auto* const memory = reinterpret_cast<uint8_t*>(bytes.data());
  const auto size = static_cast<uint32_t>(bytes.size());
  uint32_t spoilt = 0;
  uint32_t safe = 0;
  for (uint32_t end = step; end < size; end += step) {
    Table table{words.data(), Driver::kCapacity, 0};
    const Outcome outcome = plan.frame(state, memory, 0, end, table);
    if (outcome.reason != 0 || outcome.end != 0 || table.count != 0) return false;
    if (spoil == Spoil::kBytes) safe = end - 1;
    for (uint32_t at = end - step; spoil == Spoil::kLines && at < end; ++at) {
      if (bytes[at] == '\n') safe = at + 1;
    }
    while (spoilt < safe) bytes[spoilt++] = poison;
  }
  Table table{words.data(), Driver::kCapacity, 0};
  const Outcome outcome = plan.frame(state, memory, 0, size, table);
  return outcome.reason == 0 && outcome.end == size && table.count > 0 && words[0] == static_cast<int32_t>(size);
}

}  // namespace shiny::framing
