// Whoever handles the reactor's turns: the addon, which calls JavaScript, or a test.
#pragma once

#include <cstdint>

namespace shiny::reactor {

class Handler {
 public:
  virtual ~Handler() = default;

  // Handles the records of one turn. May call nothing of the reactor but `flush_output` and `send_large`.
  virtual void handle_turn() = 0;

  // A buffer for the input of one connection whose frame outgrew the shared arena, in memory that the handler can see.
  // Null when there is none to be had. The buffer replaces the slot's former one only when that is released.
  virtual uint8_t* allocate_input(int32_t slot, uint32_t capacity) = 0;
  virtual void release_input(int32_t slot) = 0;
};

}  // namespace shiny::reactor
