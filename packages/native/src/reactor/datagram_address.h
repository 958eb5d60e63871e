// Between the addresses of sockets and the words of the shared memory.
#pragma once

#include "reactor/datagram_bridge.h"
#include "sys/address.h"

namespace shiny::reactor {

void to_wire(const sys::PeerAddress& address, WireAddress* wire);

// Returns the length. An IPv4 address is mapped for an IPv6 socket (`domain` AF_INET6).
uint32_t from_wire(const WireAddress& wire, int domain, sys::PeerAddress* address);

}  // namespace shiny::reactor
