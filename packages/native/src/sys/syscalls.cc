#include "sys/syscalls.h"

#include <fcntl.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/epoll.h>
#include <sys/syscall.h>
#else
#include <sys/event.h>
#endif

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

// The two calls that nearly every message needs. Those of libc are cancellation points, which in a process of several threads
// costs about as much as a tenth of their work in the kernel; nobody cancels this thread.
#if defined(__linux__) && defined(SYS_recvfrom) && defined(SYS_sendto)
ssize_t receive(int fd, void* bytes, size_t length, int flags) {
  return syscall(SYS_recvfrom, fd, bytes, length, flags, nullptr, nullptr);
}

ssize_t transmit(int fd, const void* bytes, size_t length, int flags) {
  return syscall(SYS_sendto, fd, bytes, length, flags, nullptr, 0);
}
#else
constexpr auto receive = ::recv;
constexpr auto transmit = ::send;
#endif

#if defined(__linux__)
int receive_many(int fd, DatagramHeader* messages, unsigned count, int flags) {
  return ::recvmmsg(fd, messages, count, flags, nullptr);
}

int send_many(int fd, DatagramHeader* messages, unsigned count, int flags) {
  return ::sendmmsg(fd, messages, count, flags);
}
#else
constexpr auto receive_many = receive_each;
constexpr auto send_many = send_each;
#endif

}  // namespace

int receive_each(int fd, DatagramHeader* messages, unsigned count, int flags) {
  unsigned done = 0;
  for (; done < count; done++) {
    ssize_t got = syscalls.recvmsg(fd, &messages[done].msg_hdr, flags);
    if (got < 0) break;
    messages[done].msg_len = static_cast<unsigned>(got);
  }
  return done > 0 ? static_cast<int>(done) : -1;
}

int send_each(int fd, DatagramHeader* messages, unsigned count, int flags) {
  unsigned done = 0;
  for (; done < count; done++) {
    ssize_t sent = syscalls.sendmsg(fd, &messages[done].msg_hdr, flags);
    if (sent < 0) break;
    messages[done].msg_len = static_cast<unsigned>(sent);
  }
  return done > 0 ? static_cast<int>(done) : -1;
}

// Constant, so that it is there before anything runs.
constinit Syscalls syscalls = {
    .socket = ::socket,
    .bind = ::bind,
    .listen = ::listen,
    .accept = accept_nonblocking,
    .connect = ::connect,
    .recv = receive,
    .send = transmit,
    .sendmsg = ::sendmsg,
    .shutdown = ::shutdown,
    .getsockopt = ::getsockopt,
    .setsockopt = ::setsockopt,
    .getsockname = ::getsockname,
    .getpeername = ::getpeername,
    .lstat = ::lstat,
    .unlink = ::unlink,
    .fchmod = ::fchmod,
    .fchmodat = ::fchmodat,
    .close = ::close,
    .recvmsg = ::recvmsg,
    .recvmmsg = receive_many,
    .sendmmsg = send_many,
    .clock_gettime = ::clock_gettime,
#if defined(__linux__)
    .epoll_create1 = ::epoll_create1,
    .epoll_ctl = ::epoll_ctl,
    .epoll_wait = ::epoll_wait,
#else
    .kqueue = ::kqueue,
    .kevent = ::kevent,
#endif
};

}  // namespace shiny::sys
