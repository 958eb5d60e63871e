// A plan of faults for the table of system calls: the n-th call of a function, or every n-th, fails, is short or does
// nothing. For tests, and for the addon that `scripts/build.js --faults` makes. Counted over all threads.
//
//   accept:EMFILE:at=3             the third call of accept fails
//   recv:EINTR:every=2             every second call of recv
//   send:short=3:every=2           every second call of send takes three bytes at most
//   epoll_wait:none:every=5        every fifth wait reports nothing
//   all:EINTR:every=7              every function that may be interrupted
//
// Several are separated by commas. A call that is made to fail is not made at all, but for close.
#pragma once

#include <string_view>

namespace shiny::faults {

// Puts the plan into the table; false, with a message on stderr, when it cannot be read. Calls that were counted begin anew.
bool plan(std::string_view text);

// Takes it out again.
void clear();

// How often a function was called since the plan was made, the calls that failed included; -1 when there is no such function.
int calls(std::string_view function);

// For the length of a test.
class Plan {
 public:
  explicit Plan(std::string_view text) { plan(text); }
  ~Plan() { clear(); }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
};

}  // namespace shiny::faults
