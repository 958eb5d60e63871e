#include "framing/resp.h"

#include <algorithm>
#include <cstring>

#include "framing/inline_words.h"
#include "framing/resp_number.h"

namespace shiny::framing {

// What is known of an incomplete array of bulk strings. Offsets count from its first byte.
struct RespPartial final : Partial {
  uint32_t announced = 0;
  uint32_t found = 0;
  uint32_t position = 0;        // where the header or the payload begins that is read next
  int64_t bulk = -1;            // the length of the payload there; -1: a header is there
  std::vector<int32_t> listed;  // grows as arguments arrive, and not beyond kMaxListed of them
};

// A number in a refusal; -1 where it is too large for that.
static int32_t detail_of(int64_t number) { return number > INT32_MAX ? -1 : static_cast<int32_t>(number); }

// One call of frame(), and the request that it stands at.
struct RespPlan::Pass {
  State& state;
  Table& table;
  const uint8_t* bytes;
  uint32_t end;
  uint32_t request;  // where the request begins
  Outcome outcome;

  Step refuse(Reason reason, int32_t detail = 0) {
    outcome.reason = reason;
    outcome.detail = detail;
    return Step::kRefused;
  }
};

Outcome RespPlan::frame(State& state, const uint8_t* bytes, uint32_t start, uint32_t end, Table& table) const {
  Pass pass{state, table, bytes, end, start, Outcome{start}};
  Step step = state.partial ? advance(pass) : Step::kWhole;
  while (step == Step::kWhole && pass.request < end) {
    step = bytes[pass.request] == '*' ? multibulk(pass) : inline_command(pass);
  }
  pass.outcome.end = pass.request;
  pass.outcome.full = step == Step::kFull;
  return pass.outcome;
}

// The straight way through a request that is whole and has small numbers; all else is left to advance(). Offsets go
// right into the table, whose count moves only when the request has turned out to be whole.
RespPlan::Step RespPlan::multibulk(Pass& pass) const {
  const uint8_t* const bytes = pass.bytes;
  const uint8_t* const limit = bytes + pass.end;
  Table& table = pass.table;
  uint32_t count;
  const uint8_t* at = short_number(bytes + pass.request + 1, limit, count);
  if (at == nullptr || count == 0 || count > limits_.max_arguments) return count_line(pass);
  if (count > kMaxListed || !table.room(3 + count * 2)) {
    return suspend(pass, static_cast<uint32_t>(at - bytes), count, nullptr, 0);
  }
  int32_t* const entry = table.words + table.count;
  int32_t* out = entry + 3;
  for (uint32_t i = 0; i < count; ++i, out += 2) {
    uint32_t length;
    const uint8_t* const payload = at < limit && *at == '$' ? short_number(at + 1, limit, length) : nullptr;
    if (payload == nullptr || length > limits_.max_bulk || limit - payload < static_cast<ptrdiff_t>(length) + 2 ||
        payload[length] != '\r' || payload[length + 1] != '\n') {
      return suspend(pass, static_cast<uint32_t>(at - bytes), count, entry + 3, i);
    }
    out[0] = static_cast<int32_t>(payload - bytes);
    out[1] = out[0] + static_cast<int32_t>(length);
    at = payload + length + 2;
  }
  entry[0] = static_cast<int32_t>(at - bytes);
  entry[1] = names_.find(bytes + entry[3], static_cast<uint32_t>(entry[4] - entry[3]), limit);
  entry[2] = static_cast<int32_t>(count);
  table.count += 3 + count * 2;
  pass.request = static_cast<uint32_t>(at - bytes);
  pass.state.scanned = 0;
  return Step::kWhole;
}

// Reads `*N` by all the rules.
RespPlan::Step RespPlan::count_line(Pass& pass) const {
  uint32_t cr;
  const Step step = find_line_end(pass, pass.request, '\r', kBigCount, cr);
  if (step != Step::kWhole) return step;
  if (cr + 1 == pass.end) return Step::kIncomplete;
  int64_t count;
  if (!strict_integer(pass.bytes + pass.request + 1, pass.bytes + cr, count)) return pass.refuse(kBadCount);
  if (count > static_cast<int64_t>(limits_.max_arguments)) return pass.refuse(kTooManyArguments, detail_of(count));
  if (pass.bytes[cr + 1] != '\n') return pass.refuse(kNoCrlf);
  if (count > 0) return suspend(pass, cr + 2, static_cast<uint32_t>(count), nullptr, 0);
  pass.request = cr + 2;
  pass.state.scanned = 0;
  return Step::kWhole;
}

// Writes down what is known of the request, of which `found` arguments are listed and `at` is read next, and goes on
// from there.
RespPlan::Step RespPlan::suspend(Pass& pass, uint32_t at, uint32_t announced, const int32_t* listed,
                                 uint32_t found) const {
  auto partial = std::make_unique<RespPartial>();
  partial->announced = announced;
  partial->found = found;
  partial->position = at - pass.request;
  partial->listed.reserve(found * 2);
  for (uint32_t i = 0; i < found * 2; ++i) partial->listed.push_back(listed[i] - static_cast<int32_t>(pass.request));
  pass.state.partial = std::move(partial);
  pass.state.scanned = at - pass.request;
  return advance(pass);
}

// Goes on with the request that the state describes.
RespPlan::Step RespPlan::advance(Pass& pass) const {
  auto& partial = static_cast<RespPartial&>(*pass.state.partial);
  while (partial.found < partial.announced) {
    if (partial.bulk < 0) {
      const Step step = bulk_line(pass, partial);
      if (step != Step::kWhole) return step;
    }
    const uint32_t payload_end = partial.position + static_cast<uint32_t>(partial.bulk);
    if (pass.end - pass.request < payload_end + 2) {
      pass.outcome.need = payload_end + 2;
      return Step::kIncomplete;
    }
    const uint8_t* const behind = pass.bytes + pass.request + payload_end;
    if (behind[0] != '\r' || behind[1] != '\n') return pass.refuse(kNoCrlf);
    if (partial.announced <= kMaxListed) {
      partial.listed.push_back(static_cast<int32_t>(partial.position));
      partial.listed.push_back(static_cast<int32_t>(payload_end));
    }
    ++partial.found;
    partial.position = payload_end + 2;
    partial.bulk = -1;
    pass.state.scanned = partial.position;
  }
  return deliver(pass, partial);
}

// Reads `$N` by all the rules.
RespPlan::Step RespPlan::bulk_line(Pass& pass, RespPartial& partial) const {
  const uint32_t line = pass.request + partial.position;
  uint32_t cr;
  const Step step = find_line_end(pass, line, '\r', kBigBulkCount, cr);
  if (step != Step::kWhole) return step;
  if (cr + 1 == pass.end) return Step::kIncomplete;
  const uint8_t* const bytes = pass.bytes;
  if (bytes[line] != '$') return pass.refuse(kNotBulk, bytes[line]);
  int64_t length;
  if (!strict_integer(bytes + line + 1, bytes + cr, length) || length < 0) return pass.refuse(kBadBulk);
  if (length > static_cast<int64_t>(limits_.max_bulk)) return pass.refuse(kBulkTooLong, detail_of(length));
  if (bytes[cr + 1] != '\n') return pass.refuse(kNoCrlf);
  partial.bulk = length;
  partial.position = cr + 2 - pass.request;
  return Step::kWhole;
}

// Puts the request that the state describes, and that is whole, into the table.
RespPlan::Step RespPlan::deliver(Pass& pass, const RespPartial& partial) const {
  const bool listed = partial.announced <= kMaxListed;
  const uint32_t count = listed ? partial.announced : 0;
  Table& table = pass.table;
  if (!table.room(3 + count * 2)) return Step::kFull;
  const auto origin = static_cast<int32_t>(pass.request);
  int32_t* const entry = table.words + table.count;
  for (uint32_t i = 0; i < count * 2; ++i) entry[3 + i] = partial.listed[i] + origin;
  entry[0] = origin + static_cast<int32_t>(partial.position);
  entry[1] = listed
                 ? names_.find(pass.bytes + entry[3], static_cast<uint32_t>(entry[4] - entry[3]), pass.bytes + pass.end)
                 : -1;
  entry[2] = static_cast<int32_t>(count);
  table.count += 3 + count * 2;
  pass.request += partial.position;
  pass.state.reset();
  return Step::kWhole;
}

RespPlan::Step RespPlan::inline_command(Pass& pass) const {
  uint32_t feed;
  const Step step = find_line_end(pass, pass.request, '\n', kBigInline, feed);
  if (step != Step::kWhole) return step;
  const uint8_t* const bytes = pass.bytes;
  const uint32_t last = feed > pass.request && bytes[feed - 1] == '\r' ? feed - 1 : feed;
  Table& table = pass.table;
  if (!table.room(3)) return Step::kFull;
  int32_t* const entry = table.words + table.count;
  WordList words{entry + 3, table.words + table.capacity, 0, kMaxListed};
  const Words result = split_words(bytes, pass.request, last, words);
  if (result == Words::kNoRoom) return Step::kFull;
  if (result != Words::kSplit) {
    if (!quotes_balanced(bytes + pass.request, bytes + last)) return pass.refuse(kUnbalancedQuotes);
    words.count = 0;
  }
  if (result != Words::kSplit || words.count > 0) {
    entry[0] = static_cast<int32_t>(feed + 1);
    entry[1] = words.count == 0
                   ? -1
                   : names_.find(bytes + entry[3], static_cast<uint32_t>(entry[4] - entry[3]), bytes + pass.end);
    entry[2] = static_cast<int32_t>(words.count);
    table.count += 3 + words.count * 2;
  }
  pass.request = feed + 1;
  pass.state.scanned = 0;
  return Step::kWhole;
}

// Finds the terminator of the line that begins at `line`. A line in which it does not come in time is refused, and so is
// one with a NUL: Redis, which searches with strchr, would wait for the end of that one in vain.
RespPlan::Step RespPlan::find_line_end(Pass& pass, uint32_t line, uint8_t terminator, Reason too_long,
                                       uint32_t& found) const {
  const uint8_t* const bytes = pass.bytes;
  const uint32_t limit = pass.end - line > limits_.max_line ? line + limits_.max_line + 1 : pass.end;
  const uint32_t from = std::max(line, pass.request + pass.state.scanned);
  const void* const hit = std::memchr(bytes + from, terminator, limit - from);
  const uint32_t stop = hit == nullptr ? limit : static_cast<uint32_t>(static_cast<const uint8_t*>(hit) - bytes);
  if (std::memchr(bytes + from, 0, stop - from) != nullptr) return pass.refuse(too_long);
  if (hit == nullptr && limit - line > limits_.max_line) return pass.refuse(too_long);
  pass.state.scanned = stop - pass.request;
  found = stop;
  return hit == nullptr ? Step::kIncomplete : Step::kWhole;
}

}  // namespace shiny::framing
