// The functions for UDP sockets.
#pragma once

#include <napi.h>

#include "addon/host.h"

namespace shiny::addon {

// Sets them on the object of functions that stands for the reactor of `host`.
void define_datagrams(Napi::Env env, Napi::Object object, Host* host);

}  // namespace shiny::addon
