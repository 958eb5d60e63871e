// Monotonic time: a change of the wall clock moves no deadline.
#pragma once

#include <time.h>

#include <cstdint>

#include "sys/syscalls.h"

namespace shiny::sys {

inline int64_t now_ms() {
  timespec now;
  syscalls.clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

// The same to within a few milliseconds, for a few nanoseconds.
inline double coarse_ms() {
#if defined(CLOCK_MONOTONIC_COARSE)
  constexpr clockid_t kClock = CLOCK_MONOTONIC_COARSE;
#else
  constexpr clockid_t kClock = CLOCK_MONOTONIC;
#endif
  timespec now;
  syscalls.clock_gettime(kClock, &now);
  return static_cast<double>(now.tv_sec) * 1000 + static_cast<double>(now.tv_nsec) / 1e6;
}

}  // namespace shiny::sys
