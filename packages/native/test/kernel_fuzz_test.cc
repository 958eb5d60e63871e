// The engine against a kernel that answers anything and a handler that does anything, both by chance. What must hold is
// in model_records.cc and mock_kernel.cc. The seed is fixed, so that a failure comes again; `npm run fuzz` goes on from here.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "check.h"
#include "model.h"

namespace {

constexpr int kMostGames = 20'000;
constexpr auto kTime = std::chrono::seconds(4);

std::vector<uint8_t> random_bytes(uint32_t with) {
  std::mt19937 engine(with);
  std::vector<uint8_t> bytes(64 + engine() % 3000);
  for (auto& byte : bytes) byte = static_cast<uint8_t>(engine());
  return bytes;
}

}  // namespace

// kernel_fuzz_test [SEED]: the game of one seed, or of as many as there is time for.
int main(int argc, char** argv) {
  uint32_t& seed = shiny::fuzz::game;
  if (argc > 1) {
    seed = static_cast<uint32_t>(std::strtoul(argv[1], nullptr, 10));
    std::vector<uint8_t> bytes = random_bytes(seed);
    return shiny::fuzz::run_kernel(bytes.data(), bytes.size());
  }
  auto until = std::chrono::steady_clock::now() + kTime;
  for (seed = 1; seed <= kMostGames && std::chrono::steady_clock::now() < until; seed++) {
    std::vector<uint8_t> bytes = random_bytes(seed);
    shiny::fuzz::run_kernel(bytes.data(), bytes.size());
  }
  std::printf("%u games against the mock kernel\n", seed - 1);
  CHECK("every game keeps to the rules");
  return check::finish();
}
