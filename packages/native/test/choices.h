// Decisions made of bytes: those of a fuzzer, or random ones. When they have run out, every answer is the harmless one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace shiny::fuzz {

class Choices {
 public:
  Choices(const uint8_t* bytes, size_t size) : bytes_(bytes), size_(size) {
    static constexpr uint8_t kRates[] = {0, 2, 8, 25, 60};
    rate_ = kRates[below(5)];
  }

  bool exhausted() const { return at_ >= size_; }
  void exhaust() { at_ = size_; }

  uint8_t byte() { return at_ < size_ ? bytes_[at_++] : 0; }

  // A number in [0, limit).
  size_t below(size_t limit) {
    size_t number = byte();
    if (limit > 256) number |= static_cast<size_t>(byte()) << 8;
    if (limit > 65536) number |= static_cast<size_t>(byte()) << 16;
    return limit == 0 ? 0 : number % limit;
  }

  // One time in `limit`.
  bool once_in(size_t limit) { return !exhausted() && below(limit) == 1 % limit; }

  // Whether this system call misbehaves, at the rate of this run.
  bool mishap() { return byte() > 255 - rate_; }

  // A size: mostly small, sometimes larger than any buffer.
  size_t size(size_t limit) {
    static constexpr size_t kScales[] = {16, 300, 5000, 70000, 300000};
    size_t scale = kScales[below(5)];
    size_t size = 1 + below(scale);
    return size < limit ? size : limit;
  }

 private:
  const uint8_t* bytes_;
  size_t size_;
  size_t at_ = 0;
  int rate_ = 0;
};

}  // namespace shiny::fuzz
