// Listening sockets: made for an address, or adopted from whoever made them. Functions return a descriptor, or a negative
// errno.
#pragma once

#include "sys/address.h"
#include "sys/unix_file.h"

namespace shiny::sys {

struct ListenOptions {
  int backlog = 511;
  bool ipv6_only = false;
  bool reuse_port = false;  // the system shares connections out between the sockets of one address
  bool no_delay = true;
  int keep_alive = 0;  // seconds of silence before the first probe; 0: none
  int mode = -1;       // permissions of a Unix socket's file; -1: what umask leaves
};

// A non-blocking, close-on-exec socket that listens. What is set on it the accepted sockets inherit. `file` is told which file
// was made for a Unix socket.
int listen_on(const SocketAddress& address, int length, const ListenOptions& options, UnixFile* file = nullptr);

// Makes a listening socket that this process was given fit for a reactor: non-blocking, close-on-exec. One that is something
// else is left as it is: EBADF, ENOTSOCK, EPROTOTYPE (no stream), EINVAL (does not listen), EAFNOSUPPORT.
int adopt_listening(int fd, const ListenOptions& options);

}  // namespace shiny::sys
