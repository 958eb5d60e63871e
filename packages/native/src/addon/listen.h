// Where to listen and where to connect, as JavaScript says it.
#pragma once

#include <napi.h>

#include "reactor/reactor.h"
#include "sys/address.h"

namespace shiny::addon {

// The address that `path`, or `host` and `port`, name; its length or a negative errno.
int address_from(Napi::Object spec, sys::SocketAddress* address);

// Opens the socket of { fd | path, mode | host, port, ipv6Only, reusePort; backlog, noDelay, keepAlive } and makes a listener of
// it. Returns its index or a negative errno. A descriptor that is no listening socket is left as it is.
int open_listener(Napi::Object spec, reactor::Reactor& reactor, reactor::ListenerOptions options);

}  // namespace shiny::addon
