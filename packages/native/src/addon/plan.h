// Framing plans from JavaScript's plain data, and a framer by itself for tests of codecs.
#pragma once

#include <napi.h>

#include <memory>

#include "framing/framing.h"

namespace shiny::addon {

// Null, with a JavaScript exception pending, for a plan that is not known.
std::unique_ptr<framing::Plan> plan_from(Napi::Object plan);

// `framer(plan)`: the plan at work on one stream of bytes, without any socket: { frame(bytes, start, end, table), reset() }.
Napi::Value make_framer(const Napi::CallbackInfo& info);

}  // namespace shiny::addon
