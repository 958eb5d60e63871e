#include "sys/syscalls.h"

#include <fcntl.h>
#include <unistd.h>

namespace shiny::sys {
namespace {

int accept_nonblocking(int fd, sockaddr* address, socklen_t* length) {
#if defined(__linux__) || defined(__FreeBSD__)
  return accept4(fd, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
  int accepted = accept(fd, address, length);
  if (accepted < 0) return accepted;
  fcntl(accepted, F_SETFD, FD_CLOEXEC);
  fcntl(accepted, F_SETFL, fcntl(accepted, F_GETFL) | O_NONBLOCK);
#if defined(SO_NOSIGPIPE)
  int on = 1;
  setsockopt(accepted, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
  return accepted;
#endif
}

}  // namespace

Syscalls syscalls = {::socket, ::bind, ::listen,  accept_nonblocking, ::connect,
                     ::recv,   ::send, ::sendmsg, ::shutdown,         ::close};

}  // namespace shiny::sys
