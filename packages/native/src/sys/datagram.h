// UDP sockets by what one wants of them. Functions return a descriptor or 0, or a negative errno.
#pragma once

#include <cstdint>

#include "sys/address.h"

namespace shiny::sys {

struct DatagramOptions {
  int receive_buffer = 0;  // bytes; 0: as the system has it
  int send_buffer = 0;
  bool ipv6_only = false;
  bool reuse_port = false;
  bool broadcast = false;
};

// A non-blocking, close-on-exec UDP socket that is bound. Where the system can, it reports the datagrams that peers refuse.
int bind_datagram(const SocketAddress& address, int length, const DatagramOptions& options);

// A report that an earlier datagram could not be delivered.
struct DatagramReport {
  int error;
  PeerAddress to;
};

// Takes one report off the socket; false when there is none.
bool take_report(int fd, DatagramReport* report);

// How many datagrams the socket has lost because its receive buffer was full; -1 where the system does not tell.
int64_t lost_datagrams(int fd);

// Joins a multicast group, or leaves it. `interface` is an interface's name or number, for IPv4 also its address; empty: the system chooses.
int change_group(int fd, const char* group, const char* interface, bool join);

}  // namespace shiny::sys
