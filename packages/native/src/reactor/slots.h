// The connections, by slot: stable addresses, slots reused, a generation for each reuse.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "reactor/connection.h"

namespace shiny::reactor {

class Slots {
 public:
  explicit Slots(uint32_t limit) : limit_(limit) {}

  // Null when all are taken.
  Connection* take();
  void free(Connection& connection);

  Connection& at(int32_t slot) { return chunks_[slot >> kChunkBits][slot & kChunkMask]; }
  // Null for a slot that never was, or is free.
  Connection* find(int32_t slot);
  uint32_t in_use() const { return in_use_; }
  uint32_t limit() const { return limit_; }

  template <typename Visit>
  void each(Visit visit) {
    for (auto& chunk : chunks_)
      for (uint32_t i = 0; i <= kChunkMask; i++)
        if (chunk[i].used) visit(chunk[i]);
  }

 private:
  static constexpr uint32_t kChunkBits = 8;
  static constexpr uint32_t kChunkMask = (1u << kChunkBits) - 1;

  uint32_t limit_;
  uint32_t in_use_ = 0;
  std::vector<std::unique_ptr<Connection[]>> chunks_;
  std::vector<int32_t> free_;
};

}  // namespace shiny::reactor
