// Every system call that the reactor makes, as one table of functions: the seam at which a test makes the n-th call fail
// or be short. Production code never writes to it; a test does so before its reactor starts.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

namespace shiny::sys {

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
  int (*close)(int fd);
};

extern Syscalls syscalls;

}  // namespace shiny::sys
