// A framing plan by itself, for tests of codecs.
#pragma once

#include <node_api.h>

namespace shiny::addon {

// `framer(plan)`: the plan at work on one stream of bytes, without any socket: { frame(bytes, start, end, table), reset() }.
napi_value make_framer(napi_env env, napi_callback_info info);

}  // namespace shiny::addon
