// The least of a test framework: counts checks, tells which failed and where, ends the program with the sum.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

namespace check {

inline int passed = 0;
inline int failed = 0;

inline void record(bool good, const char* file, int line, const std::string& what) {
  if (good) {
    ++passed;
    return;
  }
  ++failed;
  std::fprintf(stderr, "%s:%d: %s\n", file, line, what.c_str());
}

template <typename Left, typename Right>
void equal(const Left& left, const Right& right, const char* file, int line, const char* what) {
  if (left == right) return record(true, file, line, what);
  std::ostringstream text;
  text << what << "\n  got:      " << left << "\n  expected: " << right;
  record(false, file, line, text.str());
}

// Prints the sum and gives the exit code of main().
inline int finish() {
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace check

#define CHECK(condition) ::check::record(static_cast<bool>(condition), __FILE__, __LINE__, #condition)
#define CHECK_EQ(left, right) ::check::equal((left), (right), __FILE__, __LINE__, #left)
