#include "sys/sockets.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>

#include "sys/syscalls.h"

namespace shiny::sys {
namespace {

int enable(int fd, int level, int option, int value = 1) {
  return syscalls.setsockopt(fd, level, option, &value, sizeof value);
}

int open_socket(int domain) {
#if defined(SOCK_NONBLOCK) && defined(SOCK_CLOEXEC)
  return syscalls.socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else
  int fd = syscalls.socket(domain, SOCK_STREAM, 0);
  if (fd < 0) return fd;
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
#endif
}

int fail(int fd) {
  int error = errno;
  if (fd >= 0) syscalls.close(fd);
  return -error;
}

}  // namespace

int listen_on(const SocketAddress& address, int length, const ListenOptions& options) {
  int domain = address.any.sa_family;
  int fd = open_socket(domain);
  if (fd < 0) return fail(fd);
  if (domain != AF_UNIX) {
    // Without it a restarted server could not bind while connections of its former life are in TIME_WAIT.
    if (enable(fd, SOL_SOCKET, SO_REUSEADDR) < 0) return fail(fd);
    enable(fd, IPPROTO_TCP, TCP_NODELAY);
    if (domain == AF_INET6 && enable(fd, IPPROTO_IPV6, IPV6_V6ONLY, options.ipv6_only ? 1 : 0) < 0) return fail(fd);
  }
  if (syscalls.bind(fd, &address.any, static_cast<socklen_t>(length)) < 0) return fail(fd);
  if (syscalls.listen(fd, options.backlog) < 0) return fail(fd);
  return fd;
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

int connect_to(const SocketAddress& address, int length, bool* connected) {
  int fd = open_socket(address.any.sa_family);
  if (fd < 0) return fail(fd);
  if (address.any.sa_family != AF_UNIX) enable(fd, IPPROTO_TCP, TCP_NODELAY);
  int result = syscalls.connect(fd, &address.any, static_cast<socklen_t>(length));
  // A signal does not stop what has begun.
  if (result < 0 && errno != EINPROGRESS && errno != EINTR) return fail(fd);
  *connected = result == 0;
  return fd;
}

void remove_file(const char* path) { syscalls.unlink(path); }

}  // namespace shiny::sys
