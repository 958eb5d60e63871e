// Finds command names in bytes, whatever their case: an open-addressing hash table that is built once.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace shiny::framing {

class NameTable {
 public:
  // Longer names are not recognised.
  static constexpr uint32_t kMaxLength = 32;

  explicit NameTable(const std::vector<std::string>& names);

  // The index of the name in the list, or -1. Bytes up to `limit` may be read.
  int32_t find(const uint8_t* name, uint32_t length, const uint8_t* limit) const;

 private:
  // The bytes of a name behind its first eight, in upper case, padded with zeros.
  using Rest = std::array<uint64_t, kMaxLength / 8 - 1>;

  // Sixteen bytes, of which most names need no more to be told apart.
  struct Slot {
    uint64_t first = 0;  // the first eight bytes in upper case, padded with zeros
    uint32_t length = 0;
    int32_t token = -1;
  };

  static Rest load_rest(const uint8_t* name, uint32_t length, const uint8_t* limit);
  size_t slot_of(uint64_t first, uint32_t length, const Rest& rest) const;
  size_t slot_of(uint64_t first, uint32_t length) const;
  int32_t find_long(const uint8_t* name, uint32_t length, const uint8_t* limit) const;

  std::vector<Slot> slots_;
  std::vector<Rest> rests_;  // beside the slots
  int shift_;
};

}  // namespace shiny::framing
