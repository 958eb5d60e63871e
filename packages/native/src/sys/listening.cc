#include "sys/listening.h"

#include <fcntl.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>

#include "sys/sockets.h"
#include "sys/syscalls.h"

namespace shiny::sys {
namespace {

// A peer that is gone has been found out after twice the silence before the first probe.
constexpr int kProbes = 3;

int set(int fd, int level, int option, int value) {
  return syscalls.setsockopt(fd, level, option, &value, sizeof value);
}

int share_port(int fd) {
#if defined(SO_REUSEPORT_LB)
  return set(fd, SOL_SOCKET, SO_REUSEPORT_LB, 1);
#elif defined(SO_REUSEPORT) && !defined(__APPLE__)
  return set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
#else
  // Two sockets could be bound there, but one of them would get all connections.
  errno = ENOTSUP;
  return -1;
#endif
}

int keep_alive(int fd, int seconds) {
  if (set(fd, SOL_SOCKET, SO_KEEPALIVE, seconds > 0) < 0) return -1;
  if (seconds == 0) return 0;
#if defined(TCP_KEEPIDLE)
  if (set(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds) < 0) return -1;
#elif defined(TCP_KEEPALIVE)
  if (set(fd, IPPROTO_TCP, TCP_KEEPALIVE, seconds) < 0) return -1;
#endif
#if defined(TCP_KEEPINTVL) && defined(TCP_KEEPCNT)
  if (set(fd, IPPROTO_TCP, TCP_KEEPINTVL, std::max(1, seconds / kProbes)) < 0) return -1;
  if (set(fd, IPPROTO_TCP, TCP_KEEPCNT, kProbes) < 0) return -1;
#endif
  return 0;
}

int apply_to_stream(int fd, const ListenOptions& options) {
  if (set(fd, IPPROTO_TCP, TCP_NODELAY, options.no_delay) < 0) return -1;
  return keep_alive(fd, options.keep_alive);
}

int prepare_ip(int fd, int domain, const ListenOptions& options) {
  // Without it a restarted server could not bind while connections of its former life are in TIME_WAIT.
  if (set(fd, SOL_SOCKET, SO_REUSEADDR, 1) < 0) return -1;
  if (options.reuse_port && share_port(fd) < 0) return -1;
  if (domain == AF_INET6 && set(fd, IPPROTO_IPV6, IPV6_V6ONLY, options.ipv6_only) < 0) return -1;
  return apply_to_stream(fd, options);
}

int fail(int fd, int error) {
  syscalls.close(fd);
  return -error;
}

int listen_on_file(int fd, const SocketAddress& address, int length, const ListenOptions& options, UnixFile* file) {
  UnixFile made;
  int error = bind_unix(fd, address, length, options.mode, &made);
  if (error < 0) return fail(fd, -error);
  if (syscalls.listen(fd, options.backlog) < 0) {
    error = errno;
    made.remove();
    return fail(fd, error);
  }
  if (file != nullptr) *file = made;
  return fd;
}

}  // namespace

int listen_on(const SocketAddress& address, int length, const ListenOptions& options, UnixFile* file) {
  int domain = address.any.sa_family;
  int fd = open_socket(domain);
  if (fd < 0) return -errno;
  if (domain == AF_UNIX) return listen_on_file(fd, address, length, options, file);
  if (prepare_ip(fd, domain, options) < 0) return fail(fd, errno);
  if (syscalls.bind(fd, &address.any, static_cast<socklen_t>(length)) < 0) return fail(fd, errno);
  if (syscalls.listen(fd, options.backlog) < 0) return fail(fd, errno);
  return fd;
}

int adopt_listening(int fd, const ListenOptions& options) {
  int type = 0;
  int listening = 0;
  socklen_t length = sizeof type;
  if (syscalls.getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) < 0) return -errno;
  if (type != SOCK_STREAM) return -EPROTOTYPE;
  length = sizeof listening;
  if (syscalls.getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) < 0) return -errno;
  if (!listening) return -EINVAL;
  SocketAddress address;
  length = sizeof address;
  if (syscalls.getsockname(fd, &address.any, &length) < 0) return -errno;
  int domain = address.any.sa_family;
  if (domain != AF_INET && domain != AF_INET6 && domain != AF_UNIX) return -EAFNOSUPPORT;
  if (domain != AF_UNIX && apply_to_stream(fd, options) < 0) return -errno;
  if (make_private(fd) < 0) return -errno;
  return fd;
}

}  // namespace shiny::sys
