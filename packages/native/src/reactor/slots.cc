#include "reactor/slots.h"

namespace shiny::reactor {

Connection* Slots::take() {
  if (free_.empty()) {
    uint32_t first = static_cast<uint32_t>(chunks_.size()) << kChunkBits;
    if (first + kChunkMask >= limit_) return nullptr;
    chunks_.push_back(std::make_unique<Connection[]>(kChunkMask + 1));
    // Low slots come first out, which keeps the shared tables dense.
    for (uint32_t i = kChunkMask + 1; i-- > 0;) {
      at(static_cast<int32_t>(first + i)).slot = static_cast<int32_t>(first + i);
      free_.push_back(static_cast<int32_t>(first + i));
    }
  }
  Connection& connection = at(free_.back());
  free_.pop_back();
  connection.used = true;
  in_use_++;
  return &connection;
}

// The reactor's list of what is due holds slots: one that stands there must not be put there again for its next owner.
void Slots::free(Connection& connection) {
  int32_t slot = connection.slot;
  bool pending = connection.pending;
  uint32_t generation = connection.generation + 1;
  connection.~Connection();
  new (&connection) Connection();
  connection.slot = slot;
  connection.generation = generation;
  connection.pending = pending;
  free_.push_back(slot);
  in_use_--;
}

Connection* Slots::find(int32_t slot) {
  if (slot < 0 || static_cast<uint32_t>(slot) >> kChunkBits >= chunks_.size()) return nullptr;
  Connection& connection = at(slot);
  return connection.used ? &connection : nullptr;
}

}  // namespace shiny::reactor
