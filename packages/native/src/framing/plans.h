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
  std::string kind;                  // bytes, line or resp
  std::string newline = "any";       // line: any, lf or crlf
  uint32_t max_length = 65536;       // line
  uint32_t max_line = 65536;         // resp
  uint32_t max_bulk = 67108864;      // resp
  uint32_t max_arguments = 1048576;  // resp
  std::vector<std::string> names;    // resp
};

// Null where there is no such kind, or no such newline.
std::unique_ptr<Plan> make_plan(const Description& description);

}  // namespace shiny::framing
