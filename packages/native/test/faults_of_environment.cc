// Part of an addon that was linked with faults: the plan that SHINY_FAULTS holds when the binary is loaded.
#include <cstdlib>

#include "faults.h"

namespace {

[[maybe_unused]] const bool planned = [] {
  const char* text = std::getenv("SHINY_FAULTS");
  if (text != nullptr && !shiny::faults::plan(text)) std::abort();
  return text != nullptr;
}();

}  // namespace
