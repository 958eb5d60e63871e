// The functions for UDP sockets.
#pragma once

#include <node_api.h>

#include "addon/host.h"

namespace shiny::addon {

// Sets them on the object of functions that stands for the reactor of `host`.
void define_datagrams(napi_env env, napi_value object, Host* host);

}  // namespace shiny::addon
