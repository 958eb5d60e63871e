// Sockets by what one wants of them. Functions return a descriptor or 0, or a negative errno.
#pragma once

#include "sys/address.h"

namespace shiny::sys {

struct ListenOptions {
  int backlog = 511;
  bool ipv6_only = false;
};

// A non-blocking, close-on-exec socket that listens. Accepted TCP sockets inherit TCP_NODELAY from it.
int listen_on(const SocketAddress& address, int length, const ListenOptions& options);

// The error that a socket has stored, or 0.
int take_error(int fd);

NamedAddress local_address(int fd);
// The same of an IP socket, as bytes to be named later; family 0 where the system does not tell.
void local_address(int fd, PeerAddress* address);

// The same of the other end.
NamedAddress remote_address(int fd);
void remote_address(int fd, PeerAddress* address);

// A non-blocking, close-on-exec socket that connects, or has connected. Waits for nothing.
int connect_to(const SocketAddress& address, int length, bool* connected);

void remove_file(const char* path);

}  // namespace shiny::sys
