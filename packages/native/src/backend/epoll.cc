// epoll. What to know about it:
//  a. EPOLLHUP and EPOLLERR cannot be masked: a descriptor whose events nobody consumes must be removed, or the loop spins.
//  b. Events of one wait may concern a descriptor that was closed, and reused, while the batch was handled; tokens carry a
//     generation for that.
//  c. Closing removes a descriptor only when no duplicate of it is left. None is ever made here, and all are close-on-exec.
#if defined(__linux__)

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>

#include "reactor/backend.h"
#include "sys/syscalls.h"

namespace shiny::reactor {
namespace {

constexpr int kBatch = 512;

uint32_t to_epoll(uint32_t interest) {
  uint32_t events = 0;
  if (interest & kReadable) events |= EPOLLIN | EPOLLRDHUP;
  if (interest & kWritable) events |= EPOLLOUT;
  return events;
}

uint32_t from_epoll(uint32_t events) {
  uint32_t readiness = 0;
  if (events & EPOLLIN) readiness |= kReadReady;
  if (events & EPOLLOUT) readiness |= kWriteReady;
  if (events & EPOLLRDHUP) readiness |= kPeerEnded;
  if (events & (EPOLLERR | EPOLLHUP)) readiness |= kBroken;
  return readiness;
}

class Epoll final : public Backend {
 public:
  explicit Epoll(int fd) : fd_(fd) {}
  ~Epoll() override { sys::syscalls.close(fd_); }

  const char* name() const override { return "epoll"; }
  int descriptor() const override { return fd_; }

  int add(int fd, uint32_t interest, uint64_t token) override { return control(EPOLL_CTL_ADD, fd, interest, token); }

  int modify(int fd, uint32_t, uint32_t interest, uint64_t token) override {
    return control(EPOLL_CTL_MOD, fd, interest, token);
  }

  int remove(int fd, uint32_t) override { return control(EPOLL_CTL_DEL, fd, 0, 0); }

  int wait(Event* events, int capacity, int timeout_ms) override {
    int count = sys::syscalls.epoll_wait(fd_, ready_, std::min(capacity, kBatch), timeout_ms);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) events[i] = {ready_[i].data.u64, from_epoll(ready_[i].events)};
    return count;
  }

 private:
  int control(int operation, int fd, uint32_t interest, uint64_t token) {
    epoll_event event{};
    event.events = to_epoll(interest);
    event.data.u64 = token;
    return sys::syscalls.epoll_ctl(fd_, operation, fd, &event) < 0 ? -errno : 0;
  }

  int fd_;
  epoll_event ready_[kBatch];
};

}  // namespace

std::unique_ptr<Backend> make_backend() {
  int fd = sys::syscalls.epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) return nullptr;
  return std::make_unique<Epoll>(fd);
}

}  // namespace shiny::reactor

#endif
