#include "sys/unix_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "sys/sockets.h"
#include "sys/syscalls.h"

namespace shiny::sys {
namespace {

// Others may bind and remove at the same time.
constexpr int kAttempts = 3;

bool same_file(const struct stat& one, const struct stat& other) {
  if (one.st_dev != other.st_dev || one.st_ino != other.st_ino) return false;
    // A new file may have got the number of one that was removed.
#if defined(__APPLE__)
  const timespec &a = one.st_ctimespec, &b = other.st_ctimespec;
#else
  const timespec &a = one.st_ctim, &b = other.st_ctim;
#endif
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

// Whether a connection is anything but refused. Not to be allowed to ask counts as yes.
bool somebody_listens(const SocketAddress& address, int length) {
  int fd = open_socket(AF_UNIX);
  if (fd < 0) return true;
  int result;
  do result = syscalls.connect(fd, &address.any, static_cast<socklen_t>(length));
  while (result < 0 && errno == EINTR);
  bool nobody = result < 0 && (errno == ECONNREFUSED || errno == ENOENT);
  syscalls.close(fd);
  return !nobody;
}

// 0 when the path is free now, or a negative errno.
int remove_stale(const SocketAddress& address, int length) {
  const char* path = address.local.sun_path;
  struct stat found, now;
  if (syscalls.lstat(path, &found) < 0) return errno == ENOENT ? 0 : -errno;
  if (!S_ISSOCK(found.st_mode)) return -EEXIST;
  if (somebody_listens(address, length)) return -EADDRINUSE;
  if (syscalls.lstat(path, &now) < 0) return errno == ENOENT ? 0 : -errno;
  if (!same_file(found, now)) return -EADDRINUSE;
  return syscalls.unlink(path) < 0 && errno != ENOENT ? -errno : 0;
}

int set_mode(const char* path, int mode) {
  struct stat made;
  if (syscalls.lstat(path, &made) < 0) return -errno;
  if ((made.st_mode & 07777) == static_cast<mode_t>(mode)) return 0;
  // Whoever may write to the directory could put a link there.
  return syscalls.fchmodat(AT_FDCWD, path, static_cast<mode_t>(mode), AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
}

}  // namespace

UnixFile::UnixFile(const char* path) {
  struct stat made;
  if (syscalls.lstat(path, &made) < 0) return;
  path_ = path;
  device_ = made.st_dev;
  inode_ = made.st_ino;
}

void UnixFile::remove() {
  struct stat now;
  if (path_.empty() || syscalls.lstat(path_.c_str(), &now) < 0) return;
  if (now.st_dev == device_ && now.st_ino == inode_) syscalls.unlink(path_.c_str());
  path_.clear();
}

int bind_unix(int fd, const SocketAddress& address, int length, int mode, UnixFile* file) {
  const char* path = address.local.sun_path;
  bool abstract = path[0] == '\0';
  // Linux makes the file with the permissions of the socket, less the umask; other systems refuse, and widen nothing.
  if (mode >= 0 && !abstract) syscalls.fchmod(fd, static_cast<mode_t>(mode));
  for (int attempt = 1; syscalls.bind(fd, &address.any, static_cast<socklen_t>(length)) < 0; attempt++) {
    if (errno != EADDRINUSE || abstract || attempt == kAttempts) return -errno;
    int error = remove_stale(address, length);
    if (error < 0) return error;
  }
  if (abstract) return 0;
  *file = UnixFile(path);
  int error = mode < 0 ? 0 : set_mode(path, mode);
  if (error < 0) file->remove();
  return error;
}

}  // namespace shiny::sys
