// Framing plans: what they find, what they refuse, and that neither depends on how the bytes were cut.

#include <chrono>
#include <sstream>

#include "allocations.h"
#include "check.h"
#include "framing_check.h"

using namespace shiny::framing;
using namespace std::string_literals;

namespace {

uint32_t render_line(std::string& text, const uint8_t* bytes, uint32_t start, const int32_t* entry) {
  const auto length = static_cast<size_t>(entry[1]) - start;
  text += "'" + printable({reinterpret_cast<const char*>(bytes) + start, length}) + "'";
  return 2;
}

uint32_t render_resp(std::string& text, const uint8_t* bytes, uint32_t /*start*/, const int32_t* entry) {
  if (entry[1] >= 0) text += "#" + std::to_string(entry[1]);
  if (entry[2] == 0) text += "walk";
  for (int32_t i = 0; i < entry[2]; ++i) {
    const int32_t* const argument = entry + 3 + i * 2;
    const auto length = static_cast<size_t>(argument[1] - argument[0]);
    text += "<" + printable({reinterpret_cast<const char*>(bytes) + argument[0], length}) + ">";
  }
  return 3 + static_cast<uint32_t>(entry[2]) * 2;
}

Description line_plan(const char* newline, uint32_t max_length) {
  Description description;
  description.kind = "line";
  description.newline = newline;
  description.max_length = max_length;
  return description;
}

Description resp_plan(uint32_t max_line = 64, uint32_t max_bulk = 1000, uint32_t max_arguments = 100) {
  Description description;
  description.kind = "resp";
  description.max_line = max_line;
  description.max_bulk = max_bulk;
  description.max_arguments = max_arguments;
  description.names = {"PING", "SET", "GET", "ZREMRANGEBYSCORE"};
  return description;
}

// A number as a refusal tells it.
std::string detail_of(const std::string& number) { return std::stoll(number) > INT32_MAX ? "-1" : number; }

#define LINES(newline, max, bytes, expected) check_all(line_plan(newline, max), render_line, bytes, expected, __LINE__)
#define RESP(bytes, expected) check_all(resp_plan(), render_resp, bytes, expected, __LINE__)

void test_bytes() {
  Description description;
  description.kind = "bytes";
  const auto plan = make_plan(description);
  const Driver driver{*plan, [](std::string& text, const uint8_t* bytes, uint32_t start, const int32_t* entry) {
                        const auto length = static_cast<size_t>(entry[0]) - start;
                        text += printable({reinterpret_cast<const char*>(bytes) + start, length});
                        return 1u;
                      }};
  CHECK_EQ(driver.run({"abc"}), "abc@3 left 0");
  CHECK_EQ(driver.run({"abc", "d"}), "abc@3 d@4 left 0");
  CHECK_EQ((Driver{*plan, driver.render, 0}.run({"abc", "d"})), "abc@3 d@4 left 0");
}

void test_lines() {
  LINES("any", 5, "ab\ncd\r\n\r\n\nx", "'ab'@3 'cd'@7 ''@9 ''@10 left 1");
  LINES("any", 5, "a\rb\n\r\r\n", "'a\\x0db'@4 '\\x0d'@7 left 0");
  LINES("any", 5, "12345\n12345\r\n", "'12345'@6 '12345'@13 left 0");
  LINES("any", 5, "ab\n123456\n", "'ab'@3 refused 1/5 at 3");
  LINES("any", 5, "123456\r\n", "refused 1/5 at 0");
  LINES("any", 5, "12345\r6\n", "refused 1/5 at 0");
  LINES("any", 5, "12345\r", "left 6");
  LINES("any", 5, "123456", "refused 1/5 at 0");
  LINES("lf", 5, "ab\ncd\r\n\n", "'ab'@3 'cd\\x0d'@7 ''@8 left 0");
  LINES("lf", 5, "12345\n1234\r\n12345\r\n", "'12345'@6 '1234\\x0d'@12 refused 1/5 at 12");
  LINES("crlf", 5, "ab\r\na\nb\r\n\n\r\n\r\r\n", "'ab'@4 'a\\x0ab'@9 '\\x0a'@12 '\\x0d'@15 left 0");
  LINES("crlf", 5, "12345\r\n1234\n\r\n12\n456\r\n", "'12345'@7 '1234\\x0a'@14 refused 1/5 at 14");
  LINES("crlf", 5, "12345\n\r\n", "refused 1/5 at 0");
  LINES("any", 5, "\0\xff\n"s, "'\\x00\\xff'@3 left 0");
}

void test_requests() {
  RESP("*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nget\r\n$1\r\nk\r\n", "#0<PING>@14 #2<get><k>@34 left 0");
  RESP("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$12\r\nhello\r\nworld\r\n", "#1<SET><k><hello\\x0d\\x0aworld>@39 left 0");
  RESP("*1\r\n$0\r\n\r\n", "<>@10 left 0");
  RESP("*1\r\n$16\r\nzremrangebyscore\r\n*1\r\n$5\r\npingx\r\n", "#3<zremrangebyscore>@27 <pingx>@42 left 0");
  RESP("*1\r\n$4\r\npin\0\r\n"s, "<pin\\x00>@14 left 0");
  RESP("*1\r\n$40\r\n0123456789012345678901234567890123456789\r\n",
       "<0123456789012345678901234567890123456789>@51 left 0");
  RESP("\r\n\n*0\r\n*-1\r\n*-10\r\n  \t\r\nPING\r\n", "#0<PING>@29 left 0");
  RESP("$5\r\nhello\r\n", "<$5>@4 <hello>@11 left 0");
  RESP("*2\r\n$3\r\nGET\r\n$5\r\nab", "left 19");
  RESP("*", "left 1");
}

void test_inline() {
  RESP("PING\r\nset  k\tv\n get k \r\n", "#0<PING>@6 #1<set><k><v>@15 #2<get><k>@24 left 0");
  RESP("a\vb \f\v c\rd\n", "<a\\x0bb><c><d>@11 left 0");
  RESP("a\r\r\n", "<a>@4 left 0");
  RESP("\xff\\\"\r\n", "refused 2/0 at 0");
  RESP("\xff\\x41 \\'a'\r\n", "walk@12 left 0");
  RESP("set \"a b\" 'c'\r\n\"\"\n", "walk@15 walk@18 left 0");
  RESP("foo\"bar\"\nPING\n", "walk@9 #0<PING>@14 left 0");
  RESP("\"foo\"bar\n", "refused 2/0 at 0");
  RESP("\"foo\"\vbar\n", "walk@10 left 0");
  RESP("\"foo\n", "refused 2/0 at 0");
  RESP("'foo\\'\n", "refused 2/0 at 0");
  RESP("'foo\\\\'\n", "refused 2/0 at 0");
  RESP("'foo\\\\ \\x' '\\''\n", "walk@16 left 0");
  RESP("\"foo\\\"\n", "refused 2/0 at 0");
  RESP("\"foo\\\\\" \"\\x4\"\n", "walk@14 left 0");
  RESP("PING\n\n'\n", "#0<PING>@5 refused 2/0 at 6");
}

void test_refusals() {
  RESP("PING\r\n*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n", "#0<PING>@6 refused 6/102 at 6");
  RESP("*1\r\nfoo", "left 7");
  RESP("*1\r\nfoo\r", "left 8");
  RESP("*1\r\nfoo\rx", "refused 6/102 at 0");
  RESP("*1\r\n*1\r\n", "refused 6/42 at 0");
  RESP("*1\r\n:5\r\n", "refused 6/58 at 0");
  RESP("*1\r\n\r\n", "refused 6/13 at 0");
  RESP("*1\r\n\xff\r\n", "refused 6/255 at 0");
  for (const char* count : {"", "-", "+1", "01", "00", "-0", "-01", " 1", "1 ", "0x1", "1e1", "abc", "1a",
                            "123456789012345678901", "-9223372036854775809", "9223372036854775808"}) {
    RESP("*"s + count + "\r\n", "refused 4/0 at 0");
  }
  for (const char* count : {"101", "3000000000", "2147483648", "9223372036854775807"}) {
    RESP("\n*"s + count + "\r\n", "refused 9/"s + detail_of(count) + " at 1");
  }
  RESP("*-9223372036854775808\r\nPING\n", "#0<PING>@28 left 0");
  for (const char* length : {"", "-1", "-10", "03", "+3", "-0", "blabla", "99999999999999999999999"}) {
    RESP("*1\r\n$"s + length + "\r\n", "refused 7/0 at 0");
  }
  for (const char* length : {"1001", "2000000000", "12345678"})
    RESP("*1\r\n$"s + length + "\r\n", "refused 10/"s + length + " at 0");
  RESP("*1\rx", "refused 8/0 at 0");
  RESP("*0\rx", "refused 8/0 at 0");
  RESP("*x\rx", "refused 4/0 at 0");
  RESP("*1\r\n$1\rx", "refused 8/0 at 0");
  RESP("*1\r\n$3\r\nPING\r\n", "refused 8/0 at 0");
  RESP("*1\r\n$5\r\nPING\r\n*1\r\n$4\r\nPING\r\n", "refused 8/0 at 0");
  RESP("*1\r\n$4\r\nPING\rx", "refused 8/0 at 0");
}

void test_line_limits() {
  for (const uint32_t limit : {64u, 65536u}) {
    const auto plan = make_plan(resp_plan(limit));
    const Driver driver{*plan, render_resp};
    const auto outcome = [&](const std::string& bytes) {
      const std::string whole = driver.run({bytes});
      Pieces pieces;
      for (size_t at = 0; at < bytes.size(); at += 61) pieces.push_back(std::string_view(bytes).substr(at, 61));
      CHECK_EQ(driver.run(pieces), whole);
      return whole;
    };
    const std::string fill(limit - 1, '1');
    const std::string at_limit = std::to_string(limit + 1);
    // The terminator at index `limit` is in time, one further is not.
    CHECK_EQ(outcome(" " + std::string(limit - 1, ' ') + "\n"), "left 0");
    CHECK_EQ(outcome(" " + std::string(limit, ' ') + "\n"), "refused 1/0 at 0");
    CHECK_EQ(outcome(std::string(limit, ' ')), "left " + std::to_string(limit));
    CHECK_EQ(outcome(std::string(limit + 1, ' ')), "refused 1/0 at 0");
    CHECK_EQ(outcome("*" + fill + "\r\n"), "refused 4/0 at 0");
    CHECK_EQ(outcome("*1" + fill + "\r\n"), "refused 3/0 at 0");
    CHECK_EQ(outcome("*1\r\n$" + fill + "\r\n"), "refused 7/0 at 0");
    CHECK_EQ(outcome("*1\r\n$1" + fill + "\r\n"), "refused 5/0 at 0");
    CHECK_EQ(outcome("*1\r\nx1" + fill + "\r\n"), "refused 5/0 at 0");
  }
  RESP("\0"s, "refused 1/0 at 0");
  RESP("PING\0\r\n"s, "refused 1/0 at 0");
  RESP("\"\0\n"s, "refused 1/0 at 0");
  RESP("*\0"s, "refused 3/0 at 0");
  RESP("*1\0\r\n"s, "refused 3/0 at 0");
  RESP("$\0"s, "refused 1/0 at 0");
  RESP("*1\r\n$\0"s, "refused 5/0 at 0");
  RESP("*1\r\nx\0"s, "refused 5/0 at 0");
}

std::string many_arguments(uint32_t count, const char* argument) {
  std::string bytes = "*" + std::to_string(count) + "\r\n";
  for (uint32_t i = 0; i < count; ++i) bytes += argument;
  return bytes;
}

void test_many_arguments() {
  const auto plan = make_plan(resp_plan(65536, 1000, 1048576));
  const Driver driver{*plan, render_resp};
  const std::string most = many_arguments(4096, "$3\r\nget\r\n");
  const std::string more = many_arguments(4097, "$3\r\nget\r\n");
  const std::string listed = driver.run({most});
  CHECK_EQ(listed.substr(0, 12), "#2<get><get>");
  for (const size_t cut : {5u, 100u, 30000u, 36000u}) {
    CHECK_EQ(driver.run({std::string_view(most).substr(0, cut), std::string_view(most).substr(cut)}), listed);
  }
  CHECK_EQ((Driver{*plan, render_resp, 100}.run({most})), listed);
  CHECK_EQ(driver.run({more}), "walk@" + std::to_string(more.size()) + " left 0");
  CHECK_EQ((Driver{*plan, render_resp, 2}.run({more})), "walk@" + std::to_string(more.size()) + " left 0");
  std::string words;
  for (int i = 0; i < 4097; ++i) words += "a ";
  CHECK_EQ(driver.run({words + "\n"}), "walk@8195 left 0");
  CHECK_EQ(driver.run({words + "'\n"}), "refused 2/0 at 0");
}

void test_linear() {
  const auto started = std::chrono::steady_clock::now();
  const std::string long_line = std::string(4 << 20, 'x') + "\r\n";
  for (const char* newline : {"any", "lf", "crlf"}) {
    CHECK(reads_once(*make_plan(line_plan(newline, 8 << 20)), long_line, 61, '\n'));
  }
  const auto plan = make_plan(resp_plan(65536, 1 << 20, 1048576));
  CHECK(reads_once(*plan, std::string(65000, 'x') + "\n", 1, '\n'));
  CHECK(reads_once(*plan, many_arguments(1048576, "$1\r\nx\r\n"), 7, 'x', Spoil::kLines));
  CHECK(reads_once(*plan, many_arguments(1048576, "$0\r\n\r\n"), 5, 'x', Spoil::kLines));
  CHECK(reads_once(*plan, many_arguments(3000, "$5\r\nhello\r\n"), 1, 'x', Spoil::kLines));
  CHECK(reads_once(*plan, "*1\r\n$1000000\r\n" + std::string(1000000, 'x') + "\r\n", 1, 'x', Spoil::kLines));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  CHECK(took.count() < 20);
}

void test_need() {
  const auto plan = make_plan(resp_plan());
  State state;
  std::vector<int32_t> words(Driver::kCapacity);
  const std::string bytes = "PING\r\n*2\r\n$3\r\nGET\r\n$100\r\nabc";
  Table table{words.data(), Driver::kCapacity, 0};
  const Outcome outcome =
      plan->frame(state, reinterpret_cast<const uint8_t*>(bytes.data()), 0, static_cast<uint32_t>(bytes.size()), table);
  CHECK_EQ(outcome.end, 6u);
  CHECK_EQ(outcome.need, 4u + 9u + 6u + 102u);
  CHECK(!outcome.full);
}

void test_bombs() {
  const auto plan = make_plan(resp_plan(65536, 536870912, 2147483647));
  std::vector<int32_t> words(Driver::kCapacity);
  for (const char* bytes : {"*2147483647\r\n", "*1048576\r\n$536870912\r\n", "*4096\r\n$1\r\na\r\n$536870912\r\nx"}) {
    State state;
    Table table{words.data(), Driver::kCapacity, 0};
    const size_t before = allocated;
    const Outcome outcome = plan->frame(state, reinterpret_cast<const uint8_t*>(bytes), 0,
                                        static_cast<uint32_t>(std::strlen(bytes)), table);
    CHECK_EQ(outcome.end, 0u);
    CHECK_EQ(outcome.reason, 0);
    CHECK(allocated - before < 512);
  }
}

void test_descriptions() {
  Description description;
  CHECK(make_plan(description) == nullptr);
  description.kind = "line";
  description.newline = "cr";
  CHECK(make_plan(description) == nullptr);
  // Names of every length are told apart, whatever their case, and from each other's prefixes.
  description.kind = "resp";
  for (size_t length = 1; length <= 32; ++length) description.names.push_back(std::string(length, 'Z'));
  const auto plan = make_plan(description);
  const Driver driver{*plan, render_resp};
  for (size_t length = 1; length <= 32; ++length) {
    const std::string name(length, length % 2 == 0 ? 'z' : 'Z');
    const std::string frame = name + "\n";
    CHECK_EQ(driver.run({frame}),
             "#" + std::to_string(length - 1) + "<" + name + ">@" + std::to_string(length + 1) + " left 0");
  }
  CHECK_EQ(driver.run({"\x1a\n{\n@\n`\n"}), "<\\x1a>@2 <{>@4 <@>@6 <`>@8 left 0");
}

}  // namespace

int main() {
  test_bytes();
  test_lines();
  test_requests();
  test_inline();
  test_refusals();
  test_line_limits();
  test_many_arguments();
  test_linear();
  test_need();
  test_bombs();
  test_descriptions();
  return check::finish();
}
