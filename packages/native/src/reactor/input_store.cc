#include "reactor/input_store.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace shiny::reactor {
namespace {

constexpr uint64_t kLargest = (uint64_t{1} << 31) - 1;  // offsets are signed 32-bit words
constexpr uint32_t kFirstLarge = 512 * 1024;

}  // namespace

InputStore::~InputStore() {
  if (!large_) std::free(bytes_);
}

bool InputStore::reserve(uint32_t length, int32_t slot, Handler& handler) {
  uint64_t wanted = uint64_t{size_} + length;
  if (wanted <= capacity_) return true;
  if (wanted > kLargest) return false;
  uint64_t doubled = std::max(wanted, uint64_t{capacity_} * 2);
  if (large_ || wanted > kSmallLimit) {
    return promote(static_cast<uint32_t>(std::clamp<uint64_t>(doubled, kFirstLarge, kLargest)), slot, handler);
  }
  // What is small must fit into the arena, from which it is delivered.
  auto capacity = static_cast<uint32_t>(std::min<uint64_t>(doubled, kSmallLimit));
  auto* larger = static_cast<uint8_t*>(std::realloc(bytes_, capacity));
  if (larger == nullptr) return false;
  bytes_ = larger;
  capacity_ = capacity;
  return true;
}

bool InputStore::promote(uint32_t capacity, int32_t slot, Handler& handler) {
  uint8_t* larger = handler.allocate_input(slot, capacity);
  if (larger == nullptr) return false;
  if (size_ > 0) std::memcpy(larger, bytes_, size_);
  if (!large_) std::free(bytes_);
  bytes_ = larger;
  capacity_ = capacity;
  large_ = true;
  return true;
}

bool InputStore::assign(const uint8_t* bytes, uint32_t length) {
  if (length > capacity_) {
    auto* larger = static_cast<uint8_t*>(std::realloc(bytes_, length));
    if (larger == nullptr) return false;
    bytes_ = larger;
    capacity_ = length;
  }
  if (length > 0) std::memmove(bytes_, bytes, length);
  size_ = length;
  return true;
}

void InputStore::consume(uint32_t length, int32_t slot, Handler& handler) {
  if (length == size_) {
    clear(slot, handler);
    return;
  }
  uint32_t rest = size_ - length;
  if (large_ && rest <= kDemoteLimit) {
    auto* small = static_cast<uint8_t*>(std::malloc(rest));
    if (small != nullptr) {
      std::memcpy(small, bytes_ + length, rest);
      handler.release_input(slot);
      bytes_ = small;
      size_ = capacity_ = rest;
      large_ = false;
      return;
    }
  }
  size_ = rest;
  if (length > 0) std::memmove(bytes_, bytes_ + length, size_);
}

void InputStore::clear(int32_t slot, Handler& handler) {
  if (bytes_ == nullptr) return;
  if (large_)
    handler.release_input(slot);
  else
    std::free(bytes_);
  bytes_ = nullptr;
  size_ = capacity_ = 0;
  large_ = false;
}

}  // namespace shiny::reactor
