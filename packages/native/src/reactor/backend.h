// What a platform must provide, in full. A backend asks the kernel which descriptors are ready, and nothing else: it
// knows no connections, owns no buffers and forks nothing of the upper layer.
//
// Interest is level-triggered: what is not dealt with is reported again. Spurious readiness is allowed. Closing a
// descriptor ends its interest; `remove` is for one that stays open. Functions return 0 or a negative errno.
#pragma once

#include <cstdint>
#include <memory>

namespace shiny::reactor {

enum Interest : uint32_t {
  kNothing = 0,
  kReadable = 1,
  kWritable = 2,
};

enum Readiness : uint32_t {
  kReadReady = 1,
  kWriteReady = 2,
  kPeerEnded = 4,  // the peer ended its side; data may be unread. Only a hint: reading tells.
  kBroken = 8,     // an error, or both sides are closed; reported whatever the interest
};

struct Event {
  uint64_t token;
  uint32_t readiness;
};

class Backend {
 public:
  virtual ~Backend() = default;

  virtual const char* name() const = 0;
  // A descriptor that is readable when `wait` would report something: another loop may watch it.
  virtual int descriptor() const = 0;

  virtual int add(int fd, uint32_t interest, uint64_t token) = 0;
  virtual int modify(int fd, uint32_t before, uint32_t interest, uint64_t token) = 0;
  virtual int remove(int fd, uint32_t before) = 0;

  // Waits until something is ready, `timeout_ms` have passed (-1: no limit) or a signal came, and returns how many events
  // it wrote, at most `capacity`.
  virtual int wait(Event* events, int capacity, int timeout_ms) = 0;
};

// The backend of this platform, or null with errno set.
std::unique_ptr<Backend> make_backend();

}  // namespace shiny::reactor
