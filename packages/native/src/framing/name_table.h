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
  // A name in upper case, padded with zeros, as words that are compared whole.
  struct Key {
    std::array<uint64_t, kMaxLength / 8> words{};
    uint32_t length = 0;
  };

  struct Slot {
    Key key;
    int32_t token = -1;
  };

  static Key pack(const uint8_t* name, uint32_t length, const uint8_t* limit);
  size_t slot_of(const Key& key) const;

  std::vector<Slot> slots_;
  int shift_;
};

}  // namespace shiny::framing
