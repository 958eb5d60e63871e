#include "framing/plans.h"

#include <algorithm>

#include "framing/bytes.h"
#include "framing/line.h"
#include "framing/resp.h"

namespace shiny::framing {

namespace {

// Lengths above this could make offsets overflow.
constexpr uint32_t kMaxLength = 1u << 30;

std::unique_ptr<Plan> make_line_plan(const Description& description) {
  const uint32_t max_length = std::min(description.max_length, kMaxLength);
  if (description.newline == "any") return std::make_unique<LinePlan>(Newline::kAny, max_length);
  if (description.newline == "lf") return std::make_unique<LinePlan>(Newline::kLf, max_length);
  if (description.newline == "crlf") return std::make_unique<LinePlan>(Newline::kCrlf, max_length);
  return nullptr;
}

}  // namespace

std::unique_ptr<Plan> make_plan(const Description& description) {
  if (description.kind == "bytes") return std::make_unique<BytesPlan>();
  if (description.kind == "line") return make_line_plan(description);
  if (description.kind != "resp") return nullptr;
  const RespPlan::Limits limits{std::clamp(description.max_line, 32u, kMaxLength),
                                std::min(description.max_bulk, kMaxLength), description.max_arguments};
  return std::make_unique<RespPlan>(limits, description.names);
}

}  // namespace shiny::framing
