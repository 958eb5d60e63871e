// Who is at the other end of a Unix socket.
#pragma once

#include <cstdint>

namespace shiny::sys {

// As they were when the peer connected (of a client's own socket: when the server began to listen).
struct Credentials {
  int64_t pid = 0;  // 0 where the system does not tell, or where the peer's process cannot be seen from here
  int64_t uid = -1;
  int64_t gid = -1;

  bool known() const { return uid >= 0; }
};

// Unknown where the system does not tell, as for a socket of another family.
Credentials peer_credentials(int fd);

}  // namespace shiny::sys
