// Where to listen and where to connect, as JavaScript says it.
#pragma once

#include "addon/values.h"
#include "reactor/reactor.h"
#include "sys/address.h"

namespace shiny::addon {

// The address that `path`, or `host` and `port`, name; its length or a negative errno.
int address_from(Value spec, sys::SocketAddress* address);

// Opens the socket of { fd | path, mode | host, port, ipv6Only, reusePort; backlog, noDelay, keepAlive } and makes a listener of
// it. Returns its index or a negative errno. A descriptor that is no listening socket is left as it is.
int open_listener(Value spec, reactor::Reactor& reactor, reactor::ListenerOptions options);

// [family, host, port]
napi_value make_address(napi_env env, const sys::NamedAddress& address);

}  // namespace shiny::addon
