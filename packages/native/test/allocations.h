// Counts what is asked of the heap, to see that no length or number in a header is believed. For one file of a program, since it
// replaces the program's operator new.
#pragma once

#include <cstdlib>
#include <new>

static size_t allocated = 0;

// Not inlined, lest the compiler see malloc on one side and delete on the other and warn of it.
[[gnu::noinline]] void* operator new(size_t size) {
  allocated += size;
  void* const memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}

[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }
