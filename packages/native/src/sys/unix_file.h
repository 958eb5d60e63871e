// The file that a Unix socket is found by: who may replace it, and who may remove it.
#pragma once

#include <sys/types.h>

#include <string>

#include "sys/address.h"

namespace shiny::sys {

// The file that this process has made. A copy is a second note of the same file.
class UnixFile {
 public:
  UnixFile() = default;
  // Takes note of the file that is at `path` now.
  explicit UnixFile(const char* path);

  // Removes the file. One that somebody else has put in its place is left alone. The socket must still be open: while it is,
  // the system gives the number of its inode to no other file.
  void remove();

 private:
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

// Binds a socket to a path, or to an abstract name. Returns 0 or a negative errno.
//
// A socket that a dead process has left there is replaced: it must be a socket and refuse a connection. EADDRINUSE says that
// somebody listens there or may do so, EEXIST that it is no socket; either is left alone. A server that is just between its
// bind and its listen cannot be told from a dead one.
//
// With `mode` (not -1) the file has exactly these permissions when this returns, and had no wider ones before, whatever
// the umask; since nobody listens yet, nobody has come in.
int bind_unix(int fd, const SocketAddress& address, int length, int mode, UnixFile* file);

}  // namespace shiny::sys
