#include "sys/credentials.h"

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

#include "sys/syscalls.h"

namespace shiny::sys {

#if defined(SO_PEERCRED) && defined(__linux__)

Credentials peer_credentials(int fd) {
  ucred peer;
  socklen_t length = sizeof peer;
  if (syscalls.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return {};
  // A socket without a peer to name is answered by the ids of nobody.
  if (peer.uid == static_cast<uid_t>(-1)) return {};
  return {peer.pid, peer.uid, peer.gid};
}

#else

Credentials peer_credentials(int fd) {
  uid_t uid;
  gid_t gid;
  if (getpeereid(fd, &uid, &gid) < 0) return {};
  Credentials peer{0, uid, gid};
#if defined(LOCAL_PEERPID) && defined(SOL_LOCAL)
  pid_t pid = 0;
  socklen_t length = sizeof pid;
  if (syscalls.getsockopt(fd, SOL_LOCAL, LOCAL_PEERPID, &pid, &length) == 0) peer.pid = pid;
#endif
  return peer;
}

#endif

}  // namespace shiny::sys
