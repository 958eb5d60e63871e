// Bytes that a socket has not taken yet, in order. Empty for a connection whose peer keeps up, and then without memory.
#pragma once

#include <cstddef>
#include <cstdint>

namespace shiny::reactor {

class OutputQueue {
 public:
  OutputQueue() = default;
  ~OutputQueue();
  OutputQueue(const OutputQueue&) = delete;
  OutputQueue& operator=(const OutputQueue&) = delete;

  bool empty() const { return head_ == size_; }
  size_t size() const { return size_ - head_; }
  const uint8_t* data() const { return bytes_ + head_; }

  // False when there is no memory.
  bool append(const uint8_t* bytes, size_t length);
  void consume(size_t length);
  void clear();

 private:
  uint8_t* bytes_ = nullptr;
  size_t head_ = 0;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace shiny::reactor
