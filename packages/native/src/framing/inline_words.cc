#include "framing/inline_words.h"

#include <array>

namespace shiny::framing {

namespace {

enum Class : uint8_t {
  kOrdinary = 0,
  kBlank = 1,  // may stand between words
  kEnd = 2,    // ends an unquoted word; a vertical tab or a form feed does not
  kQuote = 4
};

constexpr std::array<uint8_t, 256> kClasses = [] {
  std::array<uint8_t, 256> classes{};
  for (const char blank : {' ', '\t', '\n', '\r'}) classes[static_cast<uint8_t>(blank)] = kBlank | kEnd;
  for (const char blank : {'\v', '\f'}) classes[static_cast<uint8_t>(blank)] = kBlank;
  for (const char quote : {'"', '\''}) classes[static_cast<uint8_t>(quote)] = kQuote;
  return classes;
}();

// Where the word that begins at `at` ends, or null where its quotes are wrong.
const uint8_t* skip_word(const uint8_t* at, const uint8_t* end) {
  uint8_t quote = 0;
  for (; at < end; ++at) {
    const uint8_t byte = *at;
    if (quote == 0) {
      if (kClasses[byte] & kEnd) return at;
      if (kClasses[byte] & kQuote) quote = byte;
    } else if (byte == quote) {
      ++at;
      return at == end || (kClasses[*at] & kBlank) ? at : nullptr;
    } else if (byte == '\\' && at + 1 < end && (quote == '"' || at[1] == '\'')) {
      ++at;
    }
  }
  return quote == 0 ? at : nullptr;
}

}  // namespace

Words split_words(const uint8_t* bytes, uint32_t start, uint32_t end, WordList& words) {
  uint32_t at = start;
  for (;;) {
    while (at < end && (kClasses[bytes[at]] & kBlank)) ++at;
    if (at == end) return Words::kSplit;
    const uint32_t word = at;
    for (; at < end; ++at) {
      const uint8_t kind = kClasses[bytes[at]];
      if (kind & kQuote) return Words::kQuoted;
      if (kind & kEnd) break;
    }
    // The rest may still have a quote, but then the count is 0 just the same; whoever walks the line checks both.
    if (words.count == words.most) return Words::kTooMany;
    if (words.limit - words.out < 2) return Words::kNoRoom;
    *words.out++ = static_cast<int32_t>(word);
    *words.out++ = static_cast<int32_t>(at);
    ++words.count;
  }
}

bool quotes_balanced(const uint8_t* line, const uint8_t* end) {
  const uint8_t* at = line;
  for (;;) {
    while (at < end && (kClasses[*at] & kBlank)) ++at;
    if (at == end) return true;
    at = skip_word(at, end);
    if (at == nullptr) return false;
  }
}

}  // namespace shiny::framing
