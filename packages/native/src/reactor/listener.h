// What connections have in common that came in the same way: mostly through one listening socket.
#pragma once

#include <cstdint>
#include <string>

#include "framing/framing.h"
#include "sys/address.h"
#include "sys/unix_file.h"

namespace shiny::reactor {

struct ListenerOptions {
  const framing::Plan* plan = nullptr;  // the reactor's; null: the handler decodes
  uint32_t high_water = 65536;
  uint32_t low_water = 32768;
  bool hold_above = true;  // no input for a connection above its high-water mark
};

struct Listener {
  int fd = -1;  // none where connections are handed over, or begun by this side
  int32_t index = 0;
  bool open = true;
  bool armed = false;
  uint32_t connections = 0;  // that point here; a closed listener is freed when there is none
  ListenerOptions options;
  sys::UnixFile file;  // of a Unix socket; removed when the listener closes
  sys::NamedAddress address;
  bool wildcard = false;  // connections have other local addresses than the listener
};

}  // namespace shiny::reactor
