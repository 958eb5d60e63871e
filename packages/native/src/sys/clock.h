// Monotonic time: a change of the wall clock moves no deadline.
#pragma once

#include <time.h>

#include <cstdint>

namespace shiny::sys {

inline int64_t now_ms() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace shiny::sys
