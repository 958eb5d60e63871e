#include "reactor/output_queue.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace shiny::reactor {

OutputQueue::~OutputQueue() { std::free(bytes_); }

bool OutputQueue::append(const uint8_t* bytes, size_t length) {
  if (size_ + length > capacity_ && head_ > 0) {
    std::memmove(bytes_, bytes_ + head_, size());
    size_ -= head_;
    head_ = 0;
  }
  if (size_ + length > capacity_) {
    size_t wanted = std::max({size_t{4096}, capacity_ * 2, size_ + length});
    auto* larger = static_cast<uint8_t*>(std::realloc(bytes_, wanted));
    if (larger == nullptr) return false;
    bytes_ = larger;
    capacity_ = wanted;
  }
  std::memcpy(bytes_ + size_, bytes, length);
  size_ += length;
  return true;
}

void OutputQueue::consume(size_t length) {
  head_ += length;
  if (empty()) clear();
}

void OutputQueue::clear() {
  std::free(bytes_);
  bytes_ = nullptr;
  head_ = size_ = capacity_ = 0;
}

}  // namespace shiny::reactor
