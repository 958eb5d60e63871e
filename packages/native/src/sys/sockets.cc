#include "sys/sockets.h"

#include <fcntl.h>
#include <netinet/tcp.h>

#include <cerrno>

#include "sys/syscalls.h"

namespace shiny::sys {
namespace {

int fail(int fd) {
  int error = errno;
  if (fd >= 0) syscalls.close(fd);
  return -error;
}

}  // namespace

int open_socket(int domain) {
#if defined(SOCK_NONBLOCK) && defined(SOCK_CLOEXEC)
  return syscalls.socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else
  int fd = syscalls.socket(domain, SOCK_STREAM, 0);
  if (fd >= 0) make_private(fd);
  return fd;
#endif
}

int make_private(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return -1;
  return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int take_error(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  if (syscalls.getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return errno;
  return error;
}

NamedAddress local_address(int fd) {
  SocketAddress address;
  socklen_t length = sizeof address;
  if (syscalls.getsockname(fd, &address.any, &length) < 0) return {};
  return name_address(&address.any, length);
}

void local_address(int fd, PeerAddress* address) {
  socklen_t length = sizeof *address;
  if (syscalls.getsockname(fd, &address->any, &length) < 0) address->any.sa_family = AF_UNSPEC;
}

NamedAddress remote_address(int fd) {
  SocketAddress address;
  socklen_t length = sizeof address;
  if (syscalls.getpeername(fd, &address.any, &length) < 0) return {};
  return name_address(&address.any, length);
}

void remote_address(int fd, PeerAddress* address) {
  socklen_t length = sizeof *address;
  if (syscalls.getpeername(fd, &address->any, &length) < 0) address->any.sa_family = AF_UNSPEC;
}

void reset_on_close(int fd) {
  linger at_once{1, 0};
  syscalls.setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

int connect_to(const SocketAddress& address, int length, bool* connected) {
  int fd = open_socket(address.any.sa_family);
  if (fd < 0) return fail(fd);
  if (address.any.sa_family != AF_UNIX) {
    int on = 1;
    syscalls.setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  int result = syscalls.connect(fd, &address.any, static_cast<socklen_t>(length));
  // A signal does not stop what has begun.
  if (result < 0 && errno != EINPROGRESS && errno != EINTR) return fail(fd);
  *connected = result == 0;
  return fd;
}

}  // namespace shiny::sys
