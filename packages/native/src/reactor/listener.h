// A listening socket, and what the connections that it accepts have in common.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "framing/framing.h"
#include "sys/address.h"

namespace shiny::reactor {

struct ListenerOptions {
  std::unique_ptr<const framing::Plan> plan;  // null: the handler decodes
  uint32_t high_water = 65536;
  uint32_t low_water = 32768;
  bool hold_above = true;  // no input for a connection above its high-water mark
};

struct Listener {
  int fd = -1;
  int32_t index = 0;
  bool armed = false;
  uint32_t connections = 0;  // that point here; a closed listener is freed when there is none
  ListenerOptions options;
  std::string path;  // of a Unix socket, to be removed when the listener closes
  sys::NamedAddress address;
  bool wildcard = false;  // connections have other local addresses than the listener
};

}  // namespace shiny::reactor
