// The numbers in RESP's headers.
#pragma once

#include <cstdint>
#include <limits>

namespace shiny::framing {

// Reads one to seven digits, without a leading zero, and the CR LF behind them, and answers where that ends; null where
// it is not there, or not that simple. Inline, since it is most of what framing costs.
inline const uint8_t* short_number(const uint8_t* at, const uint8_t* limit, uint32_t& value) {
  if (limit - at < 3) return nullptr;
  uint32_t number = static_cast<uint32_t>(*at) - '0';
  if (number > 9) return nullptr;
  if (at[1] != '\r') {
    if (number == 0) return nullptr;
    for (int digits = 1;; ++digits) {
      ++at;
      if (limit - at < 2) return nullptr;
      const uint32_t digit = static_cast<uint32_t>(*at) - '0';
      if (digit > 9) break;
      if (digits == 7) return nullptr;
      number = number * 10 + digit;
    }
    if (at[0] != '\r' || at[1] != '\n') return nullptr;
    value = number;
    return at + 2;
  }
  if (at[2] != '\n') return nullptr;
  value = number;
  return at + 3;
}

// Reads a signed 64-bit integer that is all of [at, end): at least one digit, at most 20 characters, no plus sign, no
// leading zero, no `-0`. False where it is none.
inline bool strict_integer(const uint8_t* at, const uint8_t* end, int64_t& value) {
  if (end - at < 1 || end - at > 20) return false;
  const bool negative = *at == '-';
  if (negative && ++at == end) return false;
  if (*at == '0') {
    value = 0;
    return !negative && end - at == 1;
  }
  constexpr auto kMost = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  const uint64_t most = negative ? kMost + 1 : kMost;
  uint64_t number = 0;
  for (; at < end; ++at) {
    const uint64_t digit = static_cast<uint64_t>(*at) - '0';
    if (digit > 9 || number > (most - digit) / 10) return false;
    number = number * 10 + digit;
  }
  value = static_cast<int64_t>(negative ? ~number + 1 : number);
  return true;
}

}  // namespace shiny::framing
