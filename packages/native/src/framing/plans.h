// Makes plans from plain data, as JavaScript gives it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "framing/framing.h"

namespace shiny::framing {

// A plan in words and numbers; the fields that its kind does not use are left alone. JavaScript has checked the values,
// so that what is out of range is only brought into it.
struct Description {
  std::string kind;                  // bytes, line, delimited, fixed, length or resp
  std::string newline = "any";       // line: any, lf or crlf
  uint32_t max_length = 65536;       // line, delimited, length
  std::string delimiter;             // delimited
  uint32_t size = 0;                 // fixed
  uint32_t offset = 0;               // length
  uint32_t bytes = 4;                // length: 1 to 8
  bool little_endian = false;        // length
  int32_t adjust = 0;                // length
  uint32_t strip = 4;                // length
  uint32_t max_line = 65536;         // resp
  uint32_t max_bulk = 67108864;      // resp
  uint32_t max_arguments = 1048576;  // resp
  std::vector<std::string> names;    // resp
};

// Null where there is no such kind, or no such newline, or nothing to cut by.
std::unique_ptr<Plan> make_plan(const Description& description);

}  // namespace shiny::framing
