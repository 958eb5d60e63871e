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
  shift_ = 64 - std::countr_zero(size);
  for (size_t token = 0; token < names.size(); ++token) {
    const std::string& name = names[token];
    if (name.empty() || name.size() > kMaxLength) continue;
    const auto* const bytes = reinterpret_cast<const uint8_t*>(name.data());
    const Key key = pack(bytes, static_cast<uint32_t>(name.size()), bytes + name.size());
    size_t at = slot_of(key);
    while (slots_[at].token >= 0) at = (at + 1) & (size - 1);
    slots_[at] = Slot{key, static_cast<int32_t>(token)};
  }
}

int32_t NameTable::find(const uint8_t* name, uint32_t length, const uint8_t* limit) const {
  if (length == 0 || length > kMaxLength) return -1;
  const Key key = pack(name, length, limit);
  for (size_t at = slot_of(key);; at = (at + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[at];
    if (slot.token < 0) return -1;
    if (slot.key.length == length && slot.key.words == key.words) return slot.token;
  }
}

NameTable::Key NameTable::pack(const uint8_t* name, uint32_t length, const uint8_t* limit) {
  Key key;
  key.length = length;
  key.words[0] = upper(load(name, length, limit));
  for (uint32_t at = 8; at < length; at += 8) key.words[at / 8] = upper(load(name + at, length - at, limit));
  return key;
}

size_t NameTable::slot_of(const Key& key) const {
  uint64_t mixed = key.words[0] + key.length;
  if (key.length > 8) mixed ^= std::rotl(key.words[1], 17) ^ std::rotl(key.words[2], 31) ^ std::rotl(key.words[3], 47);
  mixed ^= mixed >> 29;
  return static_cast<size_t>((mixed * 0x9e3779b97f4a7c15) >> shift_);
}

}  // namespace shiny::framing
