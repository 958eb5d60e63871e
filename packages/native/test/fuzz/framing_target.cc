// libFuzzer against the framing plans: the first bytes choose a plan and how the others are cut. See ../framing_fuzz.h.
#include <cstdio>
#include <cstdlib>

#include "choices.h"
#include "framing/plans.h"
#include "framing_fuzz.h"

namespace {

using namespace shiny::framing;

constexpr size_t kCuts = 24;  // bytes that decide

struct Target {
  std::unique_ptr<Plan> plan;
  Render render;
};

Target resp(uint32_t max_arguments) {
  Description description;
  description.kind = "resp";
  description.max_line = 64;
  description.max_bulk = 100;
  description.max_arguments = max_arguments;
  description.names = {"PING", "GET", "SET", "ZREMRANGEBYSCORE"};
  return {make_plan(description), render<3>};
}

Target line(const char* newline) {
  Description description;
  description.kind = "line";
  description.max_length = 40;
  description.newline = newline;
  return {make_plan(description), render<2>};
}

Target delimited(const char* delimiter) {
  Description description;
  description.kind = "delimited";
  description.max_length = 40;
  description.delimiter = delimiter;
  return {make_plan(description), render<2>};
}

Target fixed(uint32_t size) {
  Description description;
  description.kind = "fixed";
  description.size = size;
  return {make_plan(description), render<1>};
}

Target length(uint32_t bytes, uint32_t offset, int32_t adjust) {
  Description description;
  description.kind = "length";
  description.max_length = 60;
  description.bytes = bytes;
  description.offset = offset;
  description.adjust = adjust;
  description.strip = bytes + offset;
  description.little_endian = offset > 0;
  return {make_plan(description), render<1>};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const Target kTargets[] = {resp(10),         resp(5000),       line("any"),    line("lf"), line("crlf"),
                                    delimited(";"),   delimited("aab"), fixed(1),       fixed(7),   length(1, 0, 0),
                                    length(2, 3, -5), length(4, 0, 2),  length(8, 0, 0)};
  if (size < kCuts) return 0;
  shiny::fuzz::Choices choices(bytes, kCuts);
  const Target& target = kTargets[choices.below(std::size(kTargets))];
  const std::string_view stream{reinterpret_cast<const char*>(bytes) + kCuts, size - kCuts};
  const auto [whole, cut] =
      frame_twice(*target.plan, target.render, stream, [&](size_t limit) { return choices.below(limit); });
  if (whole == cut) return 0;
  std::fprintf(stderr, "in one piece: %s\nin pieces:    %s\n", whole.c_str(), cut.c_str());
  std::abort();
}
