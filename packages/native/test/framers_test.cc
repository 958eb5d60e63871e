// The plans of delimited frames, frames of one size, and frames that tell their length: what they find, what they refuse,
// and that neither depends on how the bytes were cut.

#include "allocations.h"
#include "check.h"
#include "framing_check.h"

using namespace shiny::framing;
using namespace std::string_literals;

namespace {

uint32_t render_delimited(std::string& text, const uint8_t* bytes, uint32_t start, const int32_t* entry) {
  const auto length = static_cast<size_t>(entry[1]) - start;
  text += "'" + printable({reinterpret_cast<const char*>(bytes) + start, length}) + "'";
  return 2;
}

uint32_t render_whole(std::string& text, const uint8_t* bytes, uint32_t start, const int32_t* entry) {
  const auto length = static_cast<size_t>(entry[0]) - start;
  text += "'" + printable({reinterpret_cast<const char*>(bytes) + start, length}) + "'";
  return 1;
}

Description delimited(const std::string& delimiter, uint32_t max_length) {
  Description description;
  description.kind = "delimited";
  description.delimiter = delimiter;
  description.max_length = max_length;
  return description;
}

Description fixed(uint32_t size) {
  Description description;
  description.kind = "fixed";
  description.size = size;
  return description;
}

Description length(uint32_t bytes, uint32_t max_length, bool little_endian = false) {
  Description description;
  description.kind = "length";
  description.bytes = bytes;
  description.strip = bytes;
  description.max_length = max_length;
  description.little_endian = little_endian;
  return description;
}

// With something before the length, and a length that does not tell the whole.
Description header(uint32_t offset, uint32_t bytes, int32_t adjust, uint32_t strip) {
  Description description = length(bytes, 5);
  description.offset = offset;
  description.adjust = adjust;
  description.strip = strip;
  return description;
}

#define DELIMITED(delimiter, max, bytes, expected) \
  check_all(delimited(delimiter, max), render_delimited, bytes, expected, __LINE__)
#define FIXED(size, bytes, expected) check_all(fixed(size), render_whole, bytes, expected, __LINE__)
#define LENGTH(description, bytes, expected) check_all(description, render_whole, bytes, expected, __LINE__)

void test_delimited() {
  DELIMITED(";", 5, "ab;;c", "'ab'@3 ''@4 left 1");
  DELIMITED("\0"s, 5, "ab\0c\0"s, "'ab'@3 'c'@5 left 0");
  DELIMITED("--", 5, "a-b--c---d--", "'a-b'@5 'c'@8 '-d'@12 left 0");
  DELIMITED("aab", 9,
            "xaaab"
            "aab"
            "aaaab",
            "'xa'@5 ''@8 'aa'@13 left 0");
  DELIMITED("0123456789abcdef", 5, "x0123456789abcdefy0123456789abcdezz", "'x'@17 refused 1/5 at 17");
}

void test_delimited_limits() {
  DELIMITED(";", 5, "12345;12345;", "'12345'@6 '12345'@12 left 0");
  DELIMITED(";", 5, "ab;123456;", "'ab'@3 refused 1/5 at 3");
  DELIMITED(";", 5, "123456", "refused 1/5 at 0");
  DELIMITED("--", 5, "12345-", "left 6");
  DELIMITED("--", 5, "12345--", "'12345'@7 left 0");
  DELIMITED("--", 5, "123456-", "refused 1/5 at 0");
  DELIMITED("--", 5, "12345-6", "refused 1/5 at 0");
  DELIMITED("aab", 5, "12345aa", "left 7");
  DELIMITED("aab", 5, "12345aaa", "refused 1/5 at 0");
  DELIMITED("aab", 5, "1234aaab", "'1234a'@8 left 0");
}

void test_fixed() {
  FIXED(1, "abc", "'a'@1 'b'@2 'c'@3 left 0");
  FIXED(4, "abcdefghij", "'abcd'@4 'efgh'@8 left 2");
  FIXED(4, "abc", "left 3");
  FIXED(4, "", "left 0");
}

void test_lengths() {
  LENGTH(length(1, 5), "\3abc\0\1d"s, "'\\x03abc'@4 '\\x00'@5 '\\x01d'@7 left 0");
  LENGTH(length(2, 5), "\0\3abc\0"s, "'\\x00\\x03abc'@5 left 1");
  LENGTH(length(2, 5, true), "\3\0abc"s, "'\\x03\\x00abc'@5 left 0");
  LENGTH(length(3, 5), "\0\0\1a"s, "'\\x00\\x00\\x01a'@4 left 0");
  LENGTH(length(4, 5, true), "\1\0\0\0a"s, "'\\x01\\x00\\x00\\x00a'@5 left 0");
  LENGTH(length(8, 5), "\0\0\0\0\0\0\0\2ab"s, "'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02ab'@10 left 0");
  LENGTH(length(8, 5, true), "\1\0\0\0\0\0\0\0a"s, "'\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00a'@9 left 0");
  LENGTH(length(4, 5), "\0\0\0\5abcd"s, "left 8");
}

void test_length_limits() {
  LENGTH(length(1, 5), "\5abcde\6", "'\\x05abcde'@6 refused 1/5 at 6");
  LENGTH(length(4, 5), "\xff\xff\xff\xff", "refused 1/5 at 0");
  LENGTH(length(4, 5), "\x7f\xff\xff\xff", "refused 1/5 at 0");
  LENGTH(length(8, 5), std::string(8, '\xff'), "refused 1/5 at 0");
  LENGTH(length(8, 5), "\0\0\0\1\0\0\0\0"s, "refused 1/5 at 0");
  LENGTH(length(8, 1u << 30), "\x80\0\0\0\0\0\0\0"s, "refused 1/1073741824 at 0");
  LENGTH(length(8, 1u << 30), "\0\0\0\0\x40\0\0\1"s, "refused 1/1073741824 at 0");
  LENGTH(length(8, 1u << 30), "\0\0\0\0\x40\0\0\0"s, "left 8");
}

void test_headers() {
  LENGTH(header(2, 1, 0, 3), "hi\3abchi\0"s, "'hi\\x03abc'@6 'hi\\x00'@9 left 0");
  // The length counts what stands before the content.
  LENGTH(header(2, 1, -3, 3), "hi\6abc", "'hi\\x06abc'@6 left 0");
  LENGTH(header(2, 1, -3, 3), "hi\3hi\2", "'hi\\x03'@3 refused 2/0 at 3");
  // Two bytes that it does not count, dropped too.
  LENGTH(header(0, 1, 2, 3), "\1xya", "'\\x01xya'@4 left 0");
  LENGTH(header(0, 1, 0, 3), "\2xy\1", "'\\x02xy'@3 refused 2/0 at 3");
  // Nothing is stripped: the content is the whole frame.
  LENGTH(header(0, 1, 0, 0), "\4abcd\5", "'\\x04abcd'@5 refused 1/5 at 5");
}

void test_linear() {
  const std::string body(1 << 20, 'x');
  CHECK(reads_once(*make_plan(delimited(";", 8 << 20)), body + ";", 61, ';'));
  CHECK(reads_once(*make_plan(delimited("-;", 8 << 20)), body + "-;", 1, ';'));
  // As many as there are of the last byte of a delimiter, none of which ends one.
  CHECK(reads_once(*make_plan(delimited("-;", 8 << 20)), std::string(1 << 20, ';') + "-;", 61, 'x'));
}

uint32_t need_of(const Description& description, std::string_view bytes) {
  const auto plan = make_plan(description);
  State state;
  std::vector<int32_t> words(Driver::kCapacity);
  Table table{words.data(), Driver::kCapacity, 0};
  return plan
      ->frame(state, reinterpret_cast<const uint8_t*>(bytes.data()), 0, static_cast<uint32_t>(bytes.size()), table)
      .need;
}

void test_need() {
  CHECK_EQ(need_of(fixed(7), "abcdefgh"), 7u);
  CHECK_EQ(need_of(fixed(7), "abcdefg"), 0u);
  CHECK_EQ(need_of(length(4, 1000), "\0\0"s), 4u);
  CHECK_EQ(need_of(length(4, 1000), "\0\0\1\0"s), 260u);
  CHECK_EQ(need_of(length(4, 1000), "\0\0\0\0"s), 0u);
  CHECK_EQ(need_of(delimited(";", 1000), "abc"), 0u);
}

void test_bombs() {
  const std::string bombs[] = {"\x40\0\0\0abc"s, "\x3f\xff\xff\xff"s};
  for (const std::string& bytes : bombs) {
    const auto plan = make_plan(length(4, 1u << 30));
    State state;
    std::vector<int32_t> words(Driver::kCapacity);
    Table table{words.data(), Driver::kCapacity, 0};
    const size_t before = allocated;
    const Outcome outcome = plan->frame(state, reinterpret_cast<const uint8_t*>(bytes.data()), 0,
                                        static_cast<uint32_t>(bytes.size()), table);
    CHECK_EQ(outcome.end, 0u);
    CHECK_EQ(outcome.reason, 0);
    CHECK_EQ(allocated, before);
  }
}

void test_descriptions() {
  CHECK(make_plan(delimited("", 5)) == nullptr);
  CHECK(make_plan(fixed(0)) == nullptr);
}

}  // namespace

int main() {
  test_delimited();
  test_delimited_limits();
  test_fixed();
  test_lengths();
  test_length_limits();
  test_headers();
  test_linear();
  test_need();
  test_bombs();
  test_descriptions();
  return check::finish();
}
