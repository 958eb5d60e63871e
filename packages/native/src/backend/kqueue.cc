// kqueue. What to know about it:
//  a. Reading and writing are two filters; each is added and deleted by itself, and reported as an event of its own.
//  b. The end of the stream is EV_EOF on a filter, with the socket's error in `fflags`; a filter left on after it is
//     reported for ever, as a hang-up is by epoll.
//  c. Closing a descriptor deletes its filters.
//  d. macOS has no accept4 and no MSG_NOSIGNAL; see sys/syscalls.cc.
#if defined(SHINY_KQUEUE_CHECK) || defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) || \
    defined(__OpenBSD__) || defined(__DragonFly__)

#include <sys/event.h>
#include <sys/time.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "reactor/backend.h"
#include "sys/syscalls.h"

namespace shiny::reactor {
namespace {

constexpr int kBatch = 512;

class Kqueue final : public Backend {
 public:
  explicit Kqueue(int fd) : fd_(fd) {}
  ~Kqueue() override { sys::syscalls.close(fd_); }

  const char* name() const override { return "kqueue"; }
  int descriptor() const override { return fd_; }

  int add(int fd, uint32_t interest, uint64_t token) override { return change(fd, kNothing, interest, token); }

  int modify(int fd, uint32_t before, uint32_t interest, uint64_t token) override {
    return change(fd, before, interest, token);
  }

  int remove(int fd, uint32_t before) override { return change(fd, before, kNothing, 0); }

  int wait(Event* events, int capacity, int timeout_ms) override {
    timespec limit{timeout_ms / 1000, (timeout_ms % 1000) * 1'000'000L};
    int count =
        sys::syscalls.kevent(fd_, nullptr, 0, ready_, std::min(capacity, kBatch), timeout_ms < 0 ? nullptr : &limit);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) events[i] = translate(ready_[i]);
    return count;
  }

 private:
  // Both filters that differ, in one call. The token travels in `udata`.
  int change(int fd, uint32_t before, uint32_t interest, uint64_t token) {
    struct kevent changes[2];
    int count = 0;
    uint32_t differing = before ^ interest;
    void* data = reinterpret_cast<void*>(static_cast<uintptr_t>(token));
    if (differing & kReadable) {
      EV_SET(&changes[count++], fd, EVFILT_READ, interest & kReadable ? EV_ADD : EV_DELETE, 0, 0, data);
    }
    if (differing & kWritable) {
      EV_SET(&changes[count++], fd, EVFILT_WRITE, interest & kWritable ? EV_ADD : EV_DELETE, 0, 0, data);
    }
    if (count == 0) return 0;
    return sys::syscalls.kevent(fd_, changes, count, nullptr, 0, nullptr) < 0 ? -errno : 0;
  }

  static Event translate(const struct kevent& ready) {
    uint32_t readiness = ready.filter == EVFILT_WRITE ? kWriteReady : kReadReady;
    if (ready.flags & EV_ERROR) readiness |= kBroken;
    if (ready.flags & EV_EOF) {
      readiness |= kPeerEnded;
      if (ready.fflags != 0) readiness |= kBroken;
    }
    return {static_cast<uint64_t>(reinterpret_cast<uintptr_t>(ready.udata)), readiness};
  }

  int fd_;
  struct kevent ready_[kBatch];
};

}  // namespace

#if !defined(SHINY_KQUEUE_CHECK)
std::unique_ptr<Backend> make_backend() {
  int fd = sys::syscalls.kqueue();
  if (fd < 0) return nullptr;
  return std::make_unique<Kqueue>(fd);
}
#else
std::unique_ptr<Backend> make_kqueue() { return std::make_unique<Kqueue>(sys::syscalls.kqueue()); }
#endif

}  // namespace shiny::reactor

#endif
