// libFuzzer against the engine: its bytes are the kernel's answers and the handler's deeds. See ../model.h.
#include "model.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  return shiny::fuzz::run_kernel(bytes, size);
}
