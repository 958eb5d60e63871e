// Sockets by what one wants of them. Functions return a descriptor or 0, or a negative errno.
#pragma once

#include "sys/address.h"

namespace shiny::sys {

// A non-blocking, close-on-exec stream socket; -1 with errno set.
int open_socket(int domain);

// Makes a descriptor non-blocking and close-on-exec; -1 with errno set.
int make_private(int fd);

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

// Lets the close of a TCP socket tell the peer by a reset that something went wrong; for others it changes nothing.
void reset_on_close(int fd);

}  // namespace shiny::sys
