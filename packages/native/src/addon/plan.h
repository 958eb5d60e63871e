// Framing plans from JavaScript's plain data.
#pragma once

#include <memory>

#include "addon/values.h"
#include "framing/framing.h"

namespace shiny::addon {

// Null, with a JavaScript exception pending, for a plan that is not known.
std::unique_ptr<framing::Plan> plan_from(Value plan);

}  // namespace shiny::addon
