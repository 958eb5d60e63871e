// Feeds bytes to a plan as a reactor does, in pieces of any size, and writes down what comes out as one line of text, so
// that two ways of cutting the same bytes can be compared.
#pragma once

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "framing/framing.h"

namespace shiny::framing {

using Pieces = std::vector<std::string_view>;

inline std::string printable(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    char escaped[8];
    if (byte >= ' ' && byte <= '~')
      text += byte;
    else if (std::snprintf(escaped, sizeof escaped, "\\x%02x", static_cast<uint8_t>(byte)) > 0)
      text += escaped;
  }
  return text;
}

// Writes one entry of a plan into the text and answers how many words it has. `start` is where its frame begins at the
// earliest.
using Render = std::function<uint32_t(std::string& text, const uint8_t* bytes, uint32_t start, const int32_t* entry)>;

struct Driver {
  static constexpr uint32_t kCapacity = 16384;

  const Plan& plan;
  Render render;
  // Words left in the table at each first call, as if frames of other connections were in it already.
  uint32_t room = kCapacity;

  std::string run(const Pieces& pieces) const {
    Run run{*this, {}, {}, {}, 0, 0};
    for (const std::string_view piece : pieces) {
      run.pending.append(piece);
      if (run.pending.size() < run.need) continue;
      if (!run.step()) return run.text;
    }
    run.text += "left " + std::to_string(run.pending.size());
    return run.text;
  }

 private:
  struct Run {
    const Driver& driver;
    State state;
    std::string text;
    std::string pending;
    size_t consumed;
    size_t need;

    // Frames what is pending; false when it is refused.
    bool step() {
      std::vector<int32_t> words(kCapacity);
      Table table{words.data(), kCapacity, kCapacity - driver.room};
      // Memory of the exact size, so that a sanitizer sees one byte too many; at another distance from its beginning
      // each time, so that an offset from the wrong place shows.
      const uint32_t guard = static_cast<uint32_t>(consumed % 7);
      const auto end = static_cast<uint32_t>(guard + pending.size());
      const std::unique_ptr<uint8_t[]> memory(new uint8_t[end]);
      std::memset(memory.get(), '!', guard);
      std::memcpy(memory.get() + guard, pending.data(), pending.size());
      uint32_t start = guard;
      for (;;) {
        const uint32_t first = table.count;
        const Outcome outcome = driver.plan.frame(state, memory.get(), start, end, table);
        write(memory.get(), start, words.data() + first, words.data() + table.count, guard);
        start = outcome.end;
        if (outcome.reason != 0) {
          text += "refused " + std::to_string(outcome.reason) + "/" + std::to_string(outcome.detail) + " at " +
                  std::to_string(consumed + start - guard);
          return false;
        }
        if (!outcome.full) {
          need = outcome.need;
          break;
        }
        if (first == 0 && table.count == 0) {
          text += "stuck";
          return false;
        }
        table.count = 0;
      }
      consumed += start - guard;
      pending.erase(0, start - guard);
      return true;
    }

    void write(const uint8_t* bytes, uint32_t start, const int32_t* entry, const int32_t* last, uint32_t guard) {
      uint32_t from = start;
      while (entry < last) {
        const auto frame_end = static_cast<uint32_t>(entry[0]);
        entry += driver.render(text, bytes, from, entry);
        text += "@" + std::to_string(consumed + frame_end - guard) + " ";
        from = frame_end;
      }
    }
  };
};

// All ways to cut `bytes` in two, and byte by byte; in three too where that is few.
inline std::vector<Pieces> splits(std::string_view bytes) {
  std::vector<Pieces> all;
  const size_t size = bytes.size();
  for (size_t cut = 1; cut < size; ++cut) all.push_back({bytes.substr(0, cut), bytes.substr(cut)});
  Pieces drip;
  for (size_t at = 0; at < size; ++at) drip.push_back(bytes.substr(at, 1));
  all.push_back(drip);
  if (size > 40) return all;
  for (size_t first = 1; first < size; ++first) {
    for (size_t second = first + 1; second < size; ++second) {
      all.push_back({bytes.substr(0, first), bytes.substr(first, second - first), bytes.substr(second)});
    }
  }
  return all;
}

}  // namespace shiny::framing
