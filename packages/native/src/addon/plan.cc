#include "addon/plan.h"

#include <string>

#include "framing/plans.h"

namespace shiny::addon {

std::unique_ptr<framing::Plan> plan_from(Value plan) {
  framing::Description description;
  description.kind = plan.get("kind").text();
  if (Value newline = plan.get("newline"); newline.is(napi_string)) description.newline = newline.text();
  description.max_length = plan.get("maxLength").natural(description.max_length);
  description.max_line = plan.get("maxLine").natural(description.max_line);
  description.max_bulk = plan.get("maxBulk").natural(description.max_bulk);
  description.max_arguments = plan.get("maxArguments").natural(description.max_arguments);
  description.size = plan.get("size").natural(description.size);
  description.offset = plan.get("offset").natural(description.offset);
  description.bytes = plan.get("bytes").natural(description.bytes);
  description.little_endian = plan.get("littleEndian").truth();
  description.adjust = plan.get("adjust").integer(description.adjust);
  description.strip = plan.get("strip").natural(description.strip);
  Value delimiter = plan.get("delimiter");
  for (uint32_t i = 0; i < delimiter.length(); i++) {
    description.delimiter.push_back(static_cast<char>(delimiter.at(i).natural()));
  }
  Value names = plan.get("names");
  for (uint32_t i = 0; i < names.length(); i++) description.names.push_back(names.at(i).text());
  auto made = framing::make_plan(description);
  if (!made) napi_throw_type_error(plan.env(), nullptr, ("unknown framing plan " + description.kind).c_str());
  return made;
}

}  // namespace shiny::addon
