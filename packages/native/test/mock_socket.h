// A descriptor of the mock kernel: a listener, one end of a stream, or a set of watched descriptors. Of a stream's other
// end there is no more than what it has done: how much it has sent and read, and whether it has ended or is gone.
#pragma once

#include <cstdint>
#include <string>

namespace shiny::fuzz {

// Says what was broken, and in which game, and ends the program: a fuzzer and a test both take note.
[[noreturn]] void violated(const char* rule);
inline uint32_t game = 0;  // 0: the fuzzer keeps it

enum class Kind { kListener, kStream, kPoll };

// Byte `at` of the stream numbered `stream` is always the same, so that nobody need keep what was sent. There are newlines
// in it, at distances that differ.
constexpr size_t kPatternSize = 65521;
const uint8_t* pattern_bytes();
inline size_t pattern_place(uint32_t stream, uint64_t at) {
  return static_cast<size_t>((at + uint64_t{stream} * 9973) % kPatternSize);
}
void write_pattern(uint32_t stream, uint64_t at, uint8_t* bytes, size_t length);
bool is_pattern(uint32_t stream, uint64_t at, const uint8_t* bytes, size_t length);

struct MockSocket {
  Kind kind;
  uint32_t id;  // never used again, as a descriptor is; input is stream `2 * id`, output `2 * id + 1`
  bool open = true;

  // What the poll set knows of it.
  bool watched = false;
  uint32_t interest = 0;
  uint64_t token = 0;

  uint32_t waiting = 0;  // of a listener: peers that have connected

  bool connecting = false;
  uint64_t arrived = 0;     // the peer has sent so much
  uint64_t taken = 0;       // recv has given so much of it
  uint64_t accepted = 0;    // send has taken so much
  size_t room = 0;          // send takes so much more just now
  bool peer_ended = false;  // the end of the stream is behind the input
  bool end_taken = false;   // recv has told of it
  bool gone = false;        // the peer has reset, or has closed both sides
  bool shut = false;        // our side is ended
  int error = 0;            // to be told once, by the next call that asks
  bool hurt = false;        // was told of an error that ends it
  int vain = 0;             // times in a row that it was reported ready and nothing came of it

  uint32_t input() const { return 2 * id; }
  uint32_t output() const { return 2 * id + 1; }
  uint32_t readiness() const;
};

}  // namespace shiny::fuzz
