#include "mock_kernel.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace shiny::fuzz {
namespace {

MockKernel* kernel = nullptr;

int fail(int error) {
  errno = error;
  return -1;
}

}  // namespace

// The calls, as the table wants them.
struct MockCalls {
  static int accept(int fd, sockaddr* address, socklen_t* length) {
    MockSocket& listener = kernel->use(fd, Kind::kListener, "accept is for listeners");
    listener.vain = 0;
    int error = kernel->fails({EMFILE, ENFILE, ENOBUFS, ENOMEM, ECONNABORTED, EPROTO, EPERM, EINTR, EAGAIN});
    if (error == ECONNABORTED || error == EPROTO || error == EPERM) listener.waiting -= listener.waiting > 0;
    if (error != 0) return fail(error);
    if (listener.waiting == 0) return fail(EAGAIN);
    listener.waiting--;
    name(address, length);
    return kernel->add(Kind::kStream);
  }

  static ssize_t recv(int fd, void* bytes, size_t length, int) {
    MockSocket& socket = kernel->use(fd, Kind::kStream, "recv is for streams");
    if (length == 0) violated("recv has room");
    if (socket.connecting) violated("recv comes after the connection");
    int error = kernel->fails({EINTR, EAGAIN, EAGAIN, ECONNRESET, ETIMEDOUT, EIO});
    if (error != 0) return hurt(socket, error);
    size_t there = static_cast<size_t>(std::min<uint64_t>(socket.arrived - socket.taken, length));
    if (there == 0) return receive_end(socket);
    if (kernel->choices_.mishap()) there = 1 + kernel->choices_.below(there);
    write_pattern(socket.input(), socket.taken, static_cast<uint8_t*>(bytes), there);
    socket.taken += there;
    socket.vain = 0;
    return static_cast<ssize_t>(there);
  }

  static ssize_t send(int fd, const void* bytes, size_t length, int flags) {
    if (length == 0) violated("nothing is not sent");
    iovec range{const_cast<void*>(bytes), length};
    msghdr message{};
    message.msg_iov = &range;
    message.msg_iovlen = 1;
    return sendmsg(fd, &message, flags);
  }

  static ssize_t sendmsg(int fd, const msghdr* message, int flags) {
    MockSocket& socket = kernel->use(fd, Kind::kStream, "send is for streams");
    if ((flags & MSG_NOSIGNAL) == 0) violated("no signal comes of sending");
    if (message->msg_iovlen > 1024) violated("IOV_MAX is kept");
    if (socket.shut) violated("nothing is sent behind the end of the stream");
    int error = kernel->fails({EINTR, EAGAIN, EAGAIN, EPIPE, ECONNRESET, ENOBUFS, EIO});
    if (error != 0) return hurt(socket, error);
    if (socket.error != 0) return hurt(socket, std::exchange(socket.error, 0));
    if (socket.gone) return hurt(socket, EPIPE);
    size_t room = kernel->calm_ ? SIZE_MAX : socket.room;
    if (socket.connecting || room == 0) return fail(EAGAIN);
    size_t taken = 0;
    for (size_t i = 0; i < message->msg_iovlen && room > 0; i++) {
      const iovec& range = message->msg_iov[i];
      size_t part = std::min(room, range.iov_len);
      if (part > 0 && kernel->choices_.mishap()) part = room = 1 + kernel->choices_.below(part);
      if (!is_pattern(socket.output(), socket.accepted, static_cast<const uint8_t*>(range.iov_base), part))
        violated("bytes leave in the order in which they were sent");
      socket.accepted += part;
      socket.vain = 0;
      taken += part;
      room -= part;
    }
    if (!kernel->calm_) socket.room = room;
    return static_cast<ssize_t>(taken);
  }

  static int setsockopt(int fd, int, int, const void*, socklen_t) {
    kernel->use(fd, Kind::kStream, "options are set on streams");
    return 0;
  }

  static int shutdown(int fd, int) {
    MockSocket& socket = kernel->use(fd, Kind::kStream, "shutdown is for streams");
    int error = kernel->fails({ENOTCONN, EINVAL});
    if (error != 0) return fail(error);
    socket.shut = true;
    return 0;
  }

  static int close(int fd) {
    auto found = kernel->open_.find(fd);
    if (found == kernel->open_.end()) violated("a descriptor is closed once");
    found->second->open = found->second->watched = false;
    kernel->open_.erase(found);
    int error = kernel->fails({EINTR, EIO});  // the descriptor is gone all the same
    return error != 0 ? fail(error) : 0;
  }

  static int getsockopt(int fd, int level, int option, void* value, socklen_t*) {
    MockSocket& socket = kernel->use(fd, Kind::kStream, "getsockopt is for streams");
    if (level != SOL_SOCKET || option != SO_ERROR) return fail(ENOPROTOOPT);
    int error = std::exchange(socket.error, 0);
    if (error != 0) hurt(socket, error);
    *static_cast<int*>(value) = error;
    return 0;
  }

  static int getname(int fd, sockaddr* address, socklen_t* length) {
    if (kernel->open_.count(fd) == 0) violated("an address is asked of an open descriptor");
    int error = kernel->fails({ENOTCONN, ENOBUFS});
    if (error != 0) return fail(error);
    name(address, length);
    return 0;
  }

  static int clock_gettime(clockid_t, timespec* time) {
    time->tv_sec = kernel->now_us_ / 1'000'000;
    time->tv_nsec = kernel->now_us_ % 1'000'000 * 1000;
    return 0;
  }

  static int epoll_create1(int) { return kernel->add(Kind::kPoll); }

  static int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
    kernel->use(epoll, Kind::kPoll, "epoll_ctl is for poll sets");
    auto found = kernel->open_.find(fd);
    if (found == kernel->open_.end()) violated("no closed descriptor is watched");
    MockSocket& socket = *found->second;
    if (socket.watched == (operation == EPOLL_CTL_ADD)) violated("what is added was not there, what is changed was");
    int error = operation == EPOLL_CTL_DEL ? 0 : kernel->fails({ENOMEM, ENOSPC});
    if (error != 0) return hurt(socket, error);
    if (operation != EPOLL_CTL_MOD || socket.interest != event->events) socket.vain = 0;
    socket.watched = operation != EPOLL_CTL_DEL;
    socket.interest = event->events;
    socket.token = event->data.u64;
    return 0;
  }

  static int epoll_wait(int epoll, epoll_event* events, int capacity, int timeout_ms) {
    kernel->use(epoll, Kind::kPoll, "epoll_wait is for poll sets");
    kernel->now_us_ += static_cast<int64_t>(kernel->choices_.below(3000));
    kernel->let_peers_act();
    int error = kernel->fails({EINTR, EINTR, EIO});
    if (error != 0) return fail(error);
    if (kernel->choices_.mishap()) return 0;
    int count = collect(events, capacity);
    if (count == 0) kernel->now_us_ += 1000 * static_cast<int64_t>(timeout_ms < 0 ? 20 : timeout_ms);
    return count;
  }

 private:
  // What is ready, from anywhere on, with some left out, and some told of that are not.
  static int collect(epoll_event* events, int capacity) {
    std::vector<MockSocket*> sockets;
    for (auto& [fd, socket] : kernel->open_)
      if (socket->watched) sockets.push_back(socket);
    size_t first = kernel->choices_.below(sockets.size());
    int count = 0;
    for (size_t i = 0; i < sockets.size() && count < capacity; i++) {
      MockSocket& socket = *sockets[(first + i) % sockets.size()];
      uint32_t ready = socket.readiness();
      if (kernel->choices_.mishap()) {
        ready ^= socket.interest & (EPOLLIN | EPOLLOUT);
        socket.vain = 0;
      }
      if (socket.connecting) ready = 0;
      if (ready == 0) continue;
      if (++socket.vain > most_in_vain()) violated("nothing is reported in vain again and again");
      events[count].events = ready;
      events[count++].data.u64 = socket.token;
    }
    return count;
  }

  // The tables of a model are small: with all of its slots ready, their turns come one after the other.
  static int most_in_vain() {
    return MockKernel::kMostInVain + static_cast<int>(kernel->open_.size()) / MockKernel::kServedInTurn;
  }

  static ssize_t receive_end(MockSocket& socket) {
    if (socket.error != 0) return hurt(socket, std::exchange(socket.error, 0));
    if (!socket.peer_ended) return fail(EAGAIN);
    if (!socket.end_taken) socket.vain = 0;
    socket.end_taken = true;
    return 0;
  }

  static int hurt(MockSocket& socket, int error) {
    socket.vain = 0;
    if (error != EINTR && error != EAGAIN) socket.hurt = true;
    return fail(error);
  }

  static void name(sockaddr* address, socklen_t* length) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    std::memcpy(address, &v4, std::min<size_t>(sizeof v4, *length));
    *length = sizeof v4;
  }
};

MockKernel::MockKernel(Choices& choices) : choices_(choices), real_(sys::syscalls) {
  kernel = this;
  sys::Syscalls& table = sys::syscalls;
  table = {};  // a call that the mock does not know ends the program
  table.accept = MockCalls::accept;
  table.recv = MockCalls::recv;
  table.send = MockCalls::send;
  table.sendmsg = MockCalls::sendmsg;
  table.setsockopt = MockCalls::setsockopt;
  table.shutdown = MockCalls::shutdown;
  table.close = MockCalls::close;
  table.getsockopt = MockCalls::getsockopt;
  table.getsockname = table.getpeername = MockCalls::getname;
  table.clock_gettime = MockCalls::clock_gettime;
  table.epoll_create1 = MockCalls::epoll_create1;
  table.epoll_ctl = MockCalls::epoll_ctl;
  table.epoll_wait = MockCalls::epoll_wait;
}

MockKernel::~MockKernel() {
  sys::syscalls = real_;
  kernel = nullptr;
}

MockSocket* MockKernel::find(int fd) {
  auto found = open_.find(fd);
  return found == open_.end() || found->second->kind != Kind::kStream ? nullptr : found->second;
}

bool MockKernel::anybody_waits() const {
  return std::any_of(open_.begin(), open_.end(), [](auto& one) { return one.second->waiting > 0; });
}

int MockKernel::new_listener() { return add(Kind::kListener); }

int MockKernel::new_client(bool* connected) {
  int fd = add(Kind::kStream);
  open_[fd]->connecting = choices_.once_in(2);
  *connected = !open_[fd]->connecting;
  return fd;
}

// The lowest number that is free, as the system does: those who mistake a descriptor for what it once was are found out.
int MockKernel::add(Kind kind) {
  int fd = 3;
  while (open_.count(fd) > 0) fd++;
  auto socket = std::make_unique<MockSocket>();
  socket->kind = kind;
  socket->id = static_cast<uint32_t>(all_.size());
  if (kind == Kind::kStream) socket->room = choices_.once_in(3) ? choices_.size(SIZE_MAX) : 1 << 20;
  open_[fd] = socket.get();
  all_.push_back(std::move(socket));
  return fd;
}

MockSocket& MockKernel::use(int fd, Kind kind, const char* rule) {
  auto found = open_.find(fd);
  if (found == open_.end() || found->second->kind != kind) violated(rule);
  return *found->second;
}

int MockKernel::fails(std::initializer_list<int> errors) {
  if (calm_ || !choices_.mishap()) return 0;
  return errors.begin()[choices_.below(errors.size())];
}

void MockKernel::let_peers_act() {
  if (!calm_) {
    for (size_t acts = choices_.below(4); acts > 0 && !open_.empty(); acts--)
      act(*std::next(open_.begin(), static_cast<long>(choices_.below(open_.size())))->second);
    return;
  }
  for (auto& [fd, socket] : open_) {
    if (socket->kind != Kind::kStream) continue;
    socket->connecting = false;
    socket->peer_ended = true;
    socket->room = SIZE_MAX;
  }
}

void MockKernel::act(MockSocket& socket) {
  if (socket.kind == Kind::kPoll) return;
  if (socket.kind == Kind::kListener) {
    socket.waiting += static_cast<uint32_t>(1 + choices_.below(3));
    return;
  }
  size_t what = choices_.below(16);
  if (socket.connecting) {
    socket.connecting = what >= 12;
    if (what >= 8 && what < 12) socket.error = ECONNREFUSED, socket.gone = socket.peer_ended = true;
  } else if (what < 9) {
    if (!socket.peer_ended) socket.arrived += choices_.size(SIZE_MAX);
  } else if (what < 13) {
    socket.room += choices_.size(SIZE_MAX);
  } else if (what < 15) {
    socket.peer_ended = true;
    socket.gone |= what == 14 && choices_.once_in(2);  // closed, not only ended: a Unix socket hangs up at once
  } else {
    socket.peer_ended = socket.gone = true;
    socket.error = ECONNRESET;
  }
}

}  // namespace shiny::fuzz
