// Listening sockets: what accepted ones inherit, and what is left behind when the kernel refuses a step of their making.
#include "sys/listening.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "check.h"
#include "sys/credentials.h"
#include "sys/sockets.h"
#include "sys/syscalls.h"

using namespace shiny::sys;

namespace {

const Syscalls real = syscalls;

int open_descriptors() {
  int count = 0;
  for (int fd = 0; fd < 256; fd++) count += fcntl(fd, F_GETFD) >= 0;
  return count;
}

// A folder with a path in it, and the system calls as they were when it goes.
struct Place {
  Place() {
    char pattern[] = "/tmp/shiny-XXXXXX";
    folder = mkdtemp(pattern);
    path = folder + "/socket";
    length = unix_address(path, &address);
  }
  ~Place() {
    syscalls = real;
    unlink(path.c_str());
    CHECK_EQ(rmdir(folder.c_str()), 0);
  }

  int listen(int mode = -1) { return listen_on(address, length, {.mode = mode}, &file); }
  bool exists() const { return access(path.c_str(), F_OK) == 0; }

  std::string folder, path;
  SocketAddress address;
  int length;
  UnixFile file;
};

int option(int fd, int level, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  return getsockopt(fd, level, name, &value, &length) < 0 ? -1 : value;
}

// The server's side of a connection to a listener with `options`.
int accepted_with(const ListenOptions& options) {
  SocketAddress address;
  int length = ip_address("127.0.0.1", 0, &address);
  int listener = listen_on(address, length, options);
  length = ip_address("127.0.0.1", local_address(listener).port, &address);
  bool connected;
  int client = connect_to(address, length, &connected);
  fcntl(listener, F_SETFL, 0);
  int fd = syscalls.accept(listener, nullptr, nullptr);
  close(client);
  close(listener);
  return fd;
}

void accepted_sockets_inherit_what_was_asked_for() {
  int fd = accepted_with({});
  CHECK(option(fd, IPPROTO_TCP, TCP_NODELAY) != 0);
  CHECK_EQ(option(fd, SOL_SOCKET, SO_KEEPALIVE), 0);
  close(fd);
  fd = accepted_with({.no_delay = false, .keep_alive = 90});
  CHECK_EQ(option(fd, IPPROTO_TCP, TCP_NODELAY), 0);
  CHECK(option(fd, SOL_SOCKET, SO_KEEPALIVE) != 0);
#if defined(TCP_KEEPIDLE)
  CHECK_EQ(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 90);
#endif
  CHECK_EQ(option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 30);
  CHECK_EQ(option(fd, IPPROTO_TCP, TCP_KEEPCNT), 3);
  CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
  close(fd);
}

void a_mode_that_cannot_be_set_leaves_no_file() {
  Place place;
  mode_t mask = umask(0777);  // so that there is something to set
  syscalls.fchmodat = [](int, const char*, mode_t, int) {
    errno = EPERM;
    return -1;
  };
  CHECK_EQ(place.listen(0600), -EPERM);
  umask(mask);
  CHECK(!place.exists());
}

void a_mode_is_never_wider_on_the_way() {
  Place place;
  mode_t mask = umask(0);
  static mode_t seen;
  static std::string path;
  path = place.path;
  syscalls.listen = [](int fd, int backlog) {
    struct stat made;
    CHECK_EQ(lstat(path.c_str(), &made), 0);
    seen = made.st_mode & 0777;
    return real.listen(fd, backlog);
  };
  int fd = place.listen(0640);
  umask(mask);
  CHECK(fd >= 0);
  CHECK_EQ(seen, 0640u);
  place.file.remove();
  close(fd);
}

void a_listen_that_fails_leaves_no_file() {
  Place place;
  syscalls.listen = [](int, int) {
    errno = ENOBUFS;
    return -1;
  };
  CHECK_EQ(place.listen(), -ENOBUFS);
  CHECK(!place.exists());
}

// What the probe is told decides whether the file is replaced.
void probe(int error, bool replaced) {
  Place place;
  int dead = place.listen();
  close(dead);
  static int answer;
  answer = error;
  syscalls.connect = [](int, const sockaddr*, socklen_t) {
    errno = answer;
    return answer == 0 ? 0 : -1;
  };
  int fd = place.listen();
  CHECK_EQ(fd >= 0, replaced);
  if (fd >= 0) close(fd);
  if (!replaced) CHECK_EQ(fd, -EADDRINUSE);
}

void only_a_refused_probe_lets_a_socket_be_replaced() {
  probe(ECONNREFUSED, true);
  for (int error : {0, EAGAIN, EINPROGRESS, EACCES, EPROTOTYPE, EMFILE}) probe(error, false);
}

void a_probe_without_descriptors_replaces_nothing() {
  Place place;
  close(place.listen());
  static int sockets;
  sockets = 0;
  syscalls.socket = [](int domain, int type, int protocol) {
    if (++sockets == 1) return real.socket(domain, type, protocol);
    errno = EMFILE;
    return -1;
  };
  CHECK_EQ(place.listen(), -EADDRINUSE);
  CHECK(place.exists());
}

void a_file_that_changes_during_the_probe_is_left_alone() {
  Place place;
  close(place.listen());
  static Place* there;
  there = &place;
  syscalls.connect = [](int fd, const sockaddr* address, socklen_t length) {
    int result = real.connect(fd, address, length);
    int error = errno;
    // Somebody else was faster.
    unlink(there->path.c_str());
    int other = ::socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK_EQ(::bind(other, &there->address.any, static_cast<socklen_t>(there->length)), 0);
    close(other);
    errno = error;
    return result;
  };
  CHECK_EQ(place.listen(), -EADDRINUSE);
  CHECK(place.exists());
}

void a_file_that_comes_back_again_and_again_is_given_up() {
  Place place;
  static int binds;
  binds = 0;
  syscalls.bind = [](int, const sockaddr*, socklen_t) {
    binds++;
    errno = EADDRINUSE;
    return -1;
  };
  CHECK_EQ(place.listen(), -EADDRINUSE);
  CHECK_EQ(binds, 3);
}

void only_the_own_file_is_removed() {
  Place place;
  int fd = place.listen();
  unlink(place.path.c_str());
  int replaced = open(place.path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  place.file.remove();
  CHECK(place.exists());
  close(replaced);
  close(fd);
}

void what_is_no_listening_socket_is_not_adopted() {
  ListenOptions options;
  CHECK_EQ(adopt_listening(250, options), -EBADF);
  int ends[2];
  CHECK_EQ(pipe(ends), 0);
  CHECK_EQ(adopt_listening(ends[0], options), -ENOTSOCK);
  CHECK_EQ(fcntl(ends[0], F_GETFD), 0);
  close(ends[0]);
  close(ends[1]);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  CHECK_EQ(adopt_listening(fd, options), -EPROTOTYPE);
  close(fd);
  fd = socket(AF_INET, SOCK_STREAM, 0);
  CHECK_EQ(adopt_listening(fd, options), -EINVAL);
  CHECK_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  CHECK_EQ(listen(fd, 1), 0);
  CHECK_EQ(adopt_listening(fd, options), fd);
  CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
  CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
  close(fd);
}

void a_step_that_fails_closes_the_socket() {
  SocketAddress address;
  int length = ip_address("127.0.0.1", 0, &address);
  syscalls.setsockopt = [](int, int, int, const void*, socklen_t) {
    errno = ENOBUFS;
    return -1;
  };
  CHECK_EQ(listen_on(address, length, {}), -ENOBUFS);
  syscalls = real;
  syscalls.bind = [](int, const sockaddr*, socklen_t) {
    errno = EACCES;
    return -1;
  };
  CHECK_EQ(listen_on(address, length, {}), -EACCES);
  syscalls = real;
}

void abstract_names_and_scopes_are_told() {
  SocketAddress address;
#if defined(__linux__)
  std::string name("\0shiny", 6);
  int length = unix_address(name, &address);
  CHECK(name_address(&address.any, static_cast<socklen_t>(length)).host == name);
  CHECK_EQ(unix_address(std::string(1, '\0') + std::string(107, 'x'), &address), static_cast<int>(sizeof(sockaddr_un)));
  CHECK_EQ(unix_address(std::string(1, '\0') + std::string(108, 'x'), &address), -ENAMETOOLONG);
#endif
  CHECK_EQ(unix_address(std::string("a\0b", 3), &address), -EINVAL);
  CHECK_EQ(unix_address(std::string(sizeof address.local.sun_path, 'x'), &address), -ENAMETOOLONG);
  ip_address("fe80::1%424242", 80, &address);
  CHECK_EQ(name_address(&address.any, sizeof address.v6).host, "fe80::1%424242");
}

void credentials_are_those_of_the_peer() {
  int ends[2];
  CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  CHECK_EQ(peer_credentials(ends[0]).uid, static_cast<int64_t>(getuid()));
  close(ends[0]);
  close(ends[1]);
  CHECK(!peer_credentials(250).known());
}

}  // namespace

int main() {
  int before = open_descriptors();
  accepted_sockets_inherit_what_was_asked_for();
  a_mode_that_cannot_be_set_leaves_no_file();
  a_mode_is_never_wider_on_the_way();
  a_listen_that_fails_leaves_no_file();
  only_a_refused_probe_lets_a_socket_be_replaced();
  a_probe_without_descriptors_replaces_nothing();
  a_file_that_changes_during_the_probe_is_left_alone();
  a_file_that_comes_back_again_and_again_is_given_up();
  only_the_own_file_is_removed();
  what_is_no_listening_socket_is_not_adopted();
  a_step_that_fails_closes_the_socket();
  abstract_names_and_scopes_are_told();
  credentials_are_those_of_the_peer();
  CHECK_EQ(open_descriptors(), before);
  return check::finish();
}
