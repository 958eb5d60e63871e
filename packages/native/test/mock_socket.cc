#include "mock_socket.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace shiny::fuzz {
namespace {

std::array<uint8_t, 2 * kPatternSize> make_pattern() {
  std::array<uint8_t, 2 * kPatternSize> bytes{};
  uint32_t state = 12345;
  size_t next_line = 5;
  for (size_t i = 0; i < kPatternSize; i++) {
    state = state * 1664525 + 1013904223;
    bytes[i] = static_cast<uint8_t>('a' + (state >> 16) % 26);
    if (i != next_line) continue;
    bytes[i] = '\n';
    static constexpr size_t kDistances[] = {1, 2, 9, 60, 400, 3000};
    next_line += 1 + (state >> 8) % kDistances[(state >> 24) % 6];
  }
  std::copy_n(bytes.begin(), kPatternSize, bytes.begin() + kPatternSize);
  return bytes;
}

}  // namespace

void violated(const char* rule) {
  std::fprintf(stderr, "game %u: broken: %s\n", game, rule);
  std::abort();
}

const uint8_t* pattern_bytes() {
  static const std::array<uint8_t, 2 * kPatternSize> kBytes = make_pattern();
  return kBytes.data();
}

void write_pattern(uint32_t stream, uint64_t at, uint8_t* bytes, size_t length) {
  while (length > 0) {
    size_t part = std::min(length, kPatternSize);
    std::memcpy(bytes, pattern_bytes() + pattern_place(stream, at), part);
    bytes += part;
    at += part;
    length -= part;
  }
}

bool is_pattern(uint32_t stream, uint64_t at, const uint8_t* bytes, size_t length) {
  while (length > 0) {
    size_t part = std::min(length, kPatternSize);
    if (std::memcmp(bytes, pattern_bytes() + pattern_place(stream, at), part) != 0) return false;
    bytes += part;
    at += part;
    length -= part;
  }
  return true;
}

// As the kernel has it: level-triggered, and what is broken cannot be masked.
uint32_t MockSocket::readiness() const {
  if (!watched || connecting) return 0;
  if (kind == Kind::kListener) return waiting > 0 ? interest & EPOLLIN : 0;
  uint32_t events = 0;
  if (arrived > taken || peer_ended || error != 0) events |= EPOLLIN;
  if (room > 0 || gone || error != 0) events |= EPOLLOUT;
  if (peer_ended) events |= EPOLLRDHUP;
  if (gone || (peer_ended && shut)) events |= EPOLLHUP;
  if (error != 0) events |= EPOLLERR;
  return events & (interest | EPOLLHUP | EPOLLERR);
}

}  // namespace shiny::fuzz
