#include "framing/plans.h"

#include <algorithm>

#include "framing/bytes.h"
#include "framing/delimited.h"
#include "framing/fixed.h"
#include "framing/length.h"
#include "framing/line.h"
#include "framing/resp.h"

namespace shiny::framing {

namespace {

// Lengths above this could make offsets overflow.
constexpr uint32_t kMaxLength = 1u << 30;
// The most bytes before the content of a frame that tells its length.
constexpr uint32_t kMaxHead = 1u << 16;

std::unique_ptr<Plan> make_line_plan(const Description& description) {
  const uint32_t max_length = std::min(description.max_length, kMaxLength);
  if (description.newline == "any") return std::make_unique<LinePlan>(Newline::kAny, max_length);
  if (description.newline == "lf") return std::make_unique<LinePlan>(Newline::kLf, max_length);
  if (description.newline == "crlf") return std::make_unique<LinePlan>(Newline::kCrlf, max_length);
  return nullptr;
}

std::unique_ptr<Plan> make_delimited_plan(const Description& description) {
  if (description.delimiter.empty()) return nullptr;
  return std::make_unique<DelimitedPlan>(description.delimiter, std::min(description.max_length, kMaxLength));
}

std::unique_ptr<Plan> make_fixed_plan(const Description& description) {
  if (description.size == 0) return nullptr;
  return std::make_unique<FixedPlan>(std::min(description.size, kMaxLength));
}

std::unique_ptr<Plan> make_length_plan(const Description& description) {
  return std::make_unique<LengthPlan>(LengthPlan::Layout{
      std::min(description.offset, kMaxHead), std::clamp(description.bytes, 1u, 8u), description.little_endian,
      description.adjust, std::min(description.strip, kMaxHead), std::min(description.max_length, kMaxLength)});
}

std::unique_ptr<Plan> make_resp_plan(const Description& description) {
  const RespPlan::Limits limits{std::clamp(description.max_line, 32u, kMaxLength),
                                std::min(description.max_bulk, kMaxLength), description.max_arguments};
  return std::make_unique<RespPlan>(limits, description.names);
}

}  // namespace

std::unique_ptr<Plan> make_plan(const Description& description) {
  if (description.kind == "bytes") return std::make_unique<BytesPlan>();
  if (description.kind == "line") return make_line_plan(description);
  if (description.kind == "delimited") return make_delimited_plan(description);
  if (description.kind == "fixed") return make_fixed_plan(description);
  if (description.kind == "length") return make_length_plan(description);
  if (description.kind == "resp") return make_resp_plan(description);
  return nullptr;
}

}  // namespace shiny::framing
