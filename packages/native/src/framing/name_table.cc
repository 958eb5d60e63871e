#include "framing/name_table.h"

#include <bit>
#include <cstring>

namespace shiny::framing {

namespace {

constexpr uint64_t kOnes = 0x0101010101010101;

// Turns the ASCII letters among eight bytes to upper case.
constexpr uint64_t upper(uint64_t bytes) {
  const uint64_t low = bytes & (0x7f * kOnes);
  const uint64_t from_a = low + (0x80 - 'a') * kOnes;
  const uint64_t beyond_z = low + (0x7f - 'z') * kOnes;
  const uint64_t letters = (from_a ^ beyond_z) & ~bytes & (0x80 * kOnes);
  return bytes ^ (letters >> 2);
}

// Loads 1 to 8 bytes; the others are zero.
inline uint64_t load(const uint8_t* bytes, uint32_t count, const uint8_t* limit) {
  uint64_t word = 0;
  if constexpr (std::endian::native == std::endian::little) {
    if (limit - bytes >= 8) {
      std::memcpy(&word, bytes, 8);
      return count >= 8 ? word : word & ((uint64_t{1} << (count * 8)) - 1);
    }
  }
  std::memcpy(&word, bytes, count < 8 ? count : 8);
  return word;
}

}  // namespace

NameTable::NameTable(const std::vector<std::string>& names) {
  size_t size = 16;
  while (size < names.size() * 4) size *= 2;
  slots_.resize(size);
  rests_.resize(size);
  shift_ = 64 - std::countr_zero(size);
  for (size_t token = 0; token < names.size(); ++token) {
    const auto length = static_cast<uint32_t>(names[token].size());
    if (length == 0 || length > kMaxLength) continue;
    const auto* const name = reinterpret_cast<const uint8_t*>(names[token].data());
    const uint8_t* const limit = name + length;
    const uint64_t first = upper(load(name, length, limit));
    const Rest rest = load_rest(name, length, limit);
    size_t at = length <= 8 ? slot_of(first, length) : slot_of(first, length, rest);
    while (slots_[at].token >= 0) at = (at + 1) & (size - 1);
    slots_[at] = Slot{first, length, static_cast<int32_t>(token)};
    rests_[at] = rest;
  }
}

int32_t NameTable::find(const uint8_t* name, uint32_t length, const uint8_t* limit) const {
  if (length - 1 >= 8) return find_long(name, length, limit);
  const uint64_t first = upper(load(name, length, limit));
  for (size_t at = slot_of(first, length);; at = (at + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[at];
    if (slot.token < 0 || (slot.first == first && slot.length == length)) return slot.token;
  }
}

// Also for an empty name, which is none.
int32_t NameTable::find_long(const uint8_t* name, uint32_t length, const uint8_t* limit) const {
  if (length == 0 || length > kMaxLength) return -1;
  const uint64_t first = upper(load(name, length, limit));
  const Rest rest = load_rest(name, length, limit);
  for (size_t at = slot_of(first, length, rest);; at = (at + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[at];
    if (slot.token < 0) return -1;
    if (slot.first == first && slot.length == length && rests_[at] == rest) return slot.token;
  }
}

NameTable::Rest NameTable::load_rest(const uint8_t* name, uint32_t length, const uint8_t* limit) {
  Rest rest{};
  for (uint32_t at = 8; at < length; at += 8) rest[at / 8 - 1] = upper(load(name + at, length - at, limit));
  return rest;
}

size_t NameTable::slot_of(uint64_t first, uint32_t length, const Rest& rest) const {
  return slot_of(first ^ std::rotl(rest[0], 17) ^ std::rotl(rest[1], 31) ^ std::rotl(rest[2], 47), length);
}

size_t NameTable::slot_of(uint64_t first, uint32_t length) const {
  uint64_t mixed = first + length;
  mixed ^= mixed >> 29;
  return static_cast<size_t>((mixed * 0x9e3779b97f4a7c15) >> shift_);
}

}  // namespace shiny::framing
