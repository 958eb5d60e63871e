// Cuts RESP requests: arrays of bulk strings, and inline commands.
//
// An entry is [end, token, count, (start, end) x count]: the index of the command's name in the plan's names or -1, how
// many arguments there are with the name among them, and where each lies. A count of 0 means that the arguments are not
// listed, because there are more than kMaxListed of them or an inline command has quotes; the token is -1 then, and the
// reader walks the bytes. Empty requests have no entry.
#pragma once

#include <string>
#include <vector>

#include "framing/framing.h"
#include "framing/name_table.h"

namespace shiny::framing {

struct RespPartial;

class RespPlan final : public Plan {
 public:
  enum Reason : int32_t {
    kBigInline = 1,
    kUnbalancedQuotes = 2,
    kBigCount = 3,
    kBadCount = 4,
    kBigBulkCount = 5,
    kNotBulk = 6,  // detail: the byte found where a '$' was expected
    kBadBulk = 7,
    kNoCrlf = 8,
    kTooManyArguments = 9,  // detail: how many, or -1 for more than 2^31 - 1
    kBulkTooLong = 10       // detail: how long, or -1 for more than that
  };

  struct Limits {
    uint32_t max_line;  // at least 32
    uint32_t max_bulk;  // at most 2^30
    uint32_t max_arguments;
  };

  // Requests with more arguments get a count of 0. A table of 16,384 words holds the largest entry.
  static constexpr uint32_t kMaxListed = 4096;

  RespPlan(const Limits& limits, const std::vector<std::string>& names) : limits_(limits), names_(names) {}

  Outcome frame(State& state, const uint8_t* bytes, uint32_t start, uint32_t end, Table& table) const override;

 private:
  struct Pass;
  enum class Step { kWhole, kIncomplete, kRefused, kFull };

  Step multibulk(Pass& pass) const;
  Step count_line(Pass& pass) const;
  Step suspend(Pass& pass, uint32_t at, uint32_t announced, const int32_t* listed, uint32_t found) const;
  Step advance(Pass& pass) const;
  Step bulk_line(Pass& pass, RespPartial& partial) const;
  Step deliver(Pass& pass, const RespPartial& partial) const;
  Step inline_command(Pass& pass) const;
  Step find_line_end(Pass& pass, uint32_t line, uint8_t terminator, Reason too_long, uint32_t& found) const;

  const Limits limits_;
  const NameTable names_;
};

}  // namespace shiny::framing
