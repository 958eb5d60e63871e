// The shared memory as JavaScript hands it over: one object of typed arrays.
#pragma once

#include <node_api.h>

#include "reactor/bridge.h"

namespace shiny::addon {

// Fills `bridge` from the arrays `control`, `records`, `commands`, `outputTable`, `input`, `output`, `frames` and `sent` of
// `object`. Returns the name of one that is missing or of another type, or null.
const char* read_bridge(napi_env env, napi_value object, reactor::Bridge* bridge);

}  // namespace shiny::addon
