// Every system call that the reactor makes, as one table of functions: the seam at which a test makes the n-th call fail
// or be short, or plays the kernel itself. Production code never writes to it; a test does so before its reactor starts.
#pragma once

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

struct epoll_event;
struct kevent;

namespace shiny::sys {

// One datagram of several that a call receives or sends, and the length of what it received or sent.
#if defined(__linux__)
using DatagramHeader = mmsghdr;
#else
struct DatagramHeader {
  msghdr msg_hdr;
  unsigned msg_len;
};
#endif

struct Syscalls {
  int (*socket)(int domain, int type, int protocol);
  int (*bind)(int fd, const sockaddr* address, socklen_t length);
  int (*listen)(int fd, int backlog);
  int (*accept)(int fd, sockaddr* address, socklen_t* length);  // the accepted socket is non-blocking and close-on-exec
  int (*connect)(int fd, const sockaddr* address, socklen_t length);
  ssize_t (*recv)(int fd, void* bytes, size_t length, int flags);
  ssize_t (*send)(int fd, const void* bytes, size_t length, int flags);
  ssize_t (*sendmsg)(int fd, const msghdr* message, int flags);
  int (*shutdown)(int fd, int how);
  int (*getsockopt)(int fd, int level, int option, void* value, socklen_t* length);
  int (*setsockopt)(int fd, int level, int option, const void* value, socklen_t length);
  int (*getsockname)(int fd, sockaddr* address, socklen_t* length);
  int (*getpeername)(int fd, sockaddr* address, socklen_t* length);
  int (*lstat)(const char* path, struct stat* found);
  int (*unlink)(const char* path);
  int (*fchmod)(int fd, mode_t mode);
  int (*fchmodat)(int directory, const char* path, mode_t mode, int flags);
  int (*close)(int fd);
  ssize_t (*recvmsg)(int fd, msghdr* message, int flags);
  // How many datagrams were received or sent, at least one; or -1. One that fails behind others is told by the next call.
  int (*recvmmsg)(int fd, DatagramHeader* messages, unsigned count, int flags);
  int (*sendmmsg)(int fd, DatagramHeader* messages, unsigned count, int flags);
  int (*clock_gettime)(clockid_t clock, timespec* time);
#if defined(__linux__)
  int (*epoll_create1)(int flags);
  int (*epoll_ctl)(int epoll, int operation, int fd, ::epoll_event* event);
  int (*epoll_wait)(int epoll, ::epoll_event* events, int capacity, int timeout_ms);
#endif
#if !defined(__linux__) || defined(SHINY_KQUEUE_CHECK)
  int (*kqueue)();
  int (*kevent)(int kqueue, const struct ::kevent* changes, int changed, struct ::kevent* events, int capacity,
                const timespec* timeout);
#endif
};

extern Syscalls syscalls;

// The last two by one call for each datagram, for systems that have nothing better.
int receive_each(int fd, DatagramHeader* messages, unsigned count, int flags);
int send_each(int fd, DatagramHeader* messages, unsigned count, int flags);

}  // namespace shiny::sys
