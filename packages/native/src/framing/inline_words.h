// The words of an inline command: a line as a person types it, with spaces between words and quotes around some.
#pragma once

#include <cstdint>

namespace shiny::framing {

// What splitting a line came to.
enum class Words {
  kSplit,    // all words are listed
  kQuoted,   // a quote was met: the words are not simply parts of the line
  kTooMany,  // more words than asked for
  kNoRoom    // no room for the next word's offsets
};

struct WordList {
  int32_t* out;          // where (start, end) of the next word go, counted from `bytes`
  const int32_t* limit;  // the end of the room
  uint32_t count;
  uint32_t most;
};

// Lists the words of the line bytes[start, end), which is given without its ending.
Words split_words(const uint8_t* bytes, uint32_t start, uint32_t end, WordList& words);

// Whether each quote is closed, and followed by white space or the end of the line.
bool quotes_balanced(const uint8_t* line, const uint8_t* end);

}  // namespace shiny::framing
