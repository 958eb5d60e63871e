// Framing plans under random streams, in random pieces and with the table full at random moments: the outcome must be
// that of the whole stream in one piece. The seed is fixed, so that a failure comes again.

#include "framing_fuzz.h"

#include <random>

#include "check.h"
#include "framing/plans.h"

using namespace shiny::framing;
using namespace std::string_literals;

namespace {

constexpr int kRounds = 4000;

// Whole requests first, then what breaks them.
const std::string kParts[] = {"*1\r\n$4\r\nPING\r\n",
                              "*2\r\n$3\r\nget\r\n$1\r\nk\r\n",
                              "set a b\r\n",
                              "\r\n",
                              "*0\r\n",
                              "\"a b\" 'c'\n",
                              "x\"y\"\n",
                              "*3\r\n",
                              "*",
                              "$",
                              "1",
                              "12",
                              "-1",
                              "0",
                              "\r",
                              "\n",
                              "$0\r\n\r\n",
                              "$3\r\nabc\r\n",
                              "$65\r\n",
                              "\"",
                              "'",
                              "\\",
                              "\\x41",
                              " ",
                              "\t",
                              "\v",
                              "\0"s,
                              "\xff",
                              "a",
                              "zremrangebyscore",
                              "*11\r\n",
                              "$101\r\n",
                              "*4097\r\n",
                              std::string(40, 'x')};
constexpr size_t kWhole = 7;

class Chance {
 public:
  explicit Chance(uint32_t seed) : engine_(seed) {}
  size_t below(size_t limit) { return engine_() % limit; }

  std::string stream() {
    std::string bytes;
    for (size_t parts = below(12) + 1; parts > 0; --parts)
      bytes += kParts[below(below(3) == 0 ? std::size(kParts) : kWhole)];
    return bytes;
  }

 private:
  std::mt19937 engine_;
};

void fuzz(const Description& description, const Render& render, uint32_t seed) {
  const auto plan = make_plan(description);
  Chance chance(seed);
  for (int round = 0; round < kRounds; ++round) {
    const std::string bytes = chance.stream();
    const auto [whole, text] = frame_twice(*plan, render, bytes, [&](size_t limit) { return chance.below(limit); });
    if (text != whole) return check::equal(text, whole, __FILE__, __LINE__, printable(bytes).c_str());
  }
  CHECK("every stream has one outcome");
}

}  // namespace

int main() {
  Description resp;
  resp.kind = "resp";
  resp.max_line = 64;
  resp.max_bulk = 100;
  resp.max_arguments = 10;
  resp.names = {"PING", "GET", "SET", "ZREMRANGEBYSCORE"};
  fuzz(resp, render<3>, 1);
  resp.max_arguments = 5000;
  fuzz(resp, render<3>, 2);
  Description line;
  line.kind = "line";
  line.max_length = 40;
  for (const char* newline : {"any", "lf", "crlf"}) {
    line.newline = newline;
    fuzz(line, render<2>, 3);
  }
  Description delimited;
  delimited.kind = "delimited";
  delimited.max_length = 40;
  for (const char* delimiter : {"\n", "\r\n", "xxa"}) {
    delimited.delimiter = delimiter;
    fuzz(delimited, render<2>, 4);
  }
  Description fixed;
  fixed.kind = "fixed";
  for (fixed.size = 1; fixed.size < 30; fixed.size += 7) fuzz(fixed, render<1>, 5);
  Description length;
  length.kind = "length";
  length.max_length = 60;
  for (const uint32_t bytes : {1u, 2u, 8u}) {
    length.bytes = length.strip = bytes;
    length.adjust = bytes == 8 ? 0 : -40;
    fuzz(length, render<1>, 6);
  }
  return check::finish();
}
