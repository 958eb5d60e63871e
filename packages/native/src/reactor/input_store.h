// The bytes of a connection that no message was made of yet: the beginning of a frame, or what was held back.
//
//   small  in memory of the reactor's own; put in front of the next bytes in the input arena
//   large  in a buffer that the handler can see, read into directly, so that a big frame is not copied at every read
#pragma once

#include <cstdint>

#include "reactor/handler.h"

namespace shiny::reactor {

class InputStore {
 public:
  // Up to here the bytes are kept small; a large buffer is given up when so few are left that to copy them costs nothing.
  static constexpr uint32_t kSmallLimit = 128 * 1024;
  static constexpr uint32_t kDemoteLimit = 4 * 1024;

  InputStore() = default;
  ~InputStore();
  InputStore(const InputStore&) = delete;
  InputStore& operator=(const InputStore&) = delete;

  bool large() const { return large_; }
  uint32_t size() const { return size_; }
  uint32_t room() const { return capacity_ - size_; }
  uint8_t* bytes() { return bytes_; }
  uint8_t* tail() { return bytes_ + size_; }
  void grew(uint32_t length) { size_ += length; }

  // Room for `length` more bytes where they are; false when there is no memory, or not below 2 GiB.
  bool reserve(uint32_t length, int32_t slot, Handler& handler);
  // Keeps bytes that lie in the arena, in place of all that was kept. Small only.
  bool assign(const uint8_t* bytes, uint32_t length);
  // Drops what was consumed from the front.
  void consume(uint32_t length, int32_t slot, Handler& handler);
  void clear(int32_t slot, Handler& handler);

 private:
  bool promote(uint32_t capacity, int32_t slot, Handler& handler);

  uint8_t* bytes_ = nullptr;
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
  bool large_ = false;
};

}  // namespace shiny::reactor
