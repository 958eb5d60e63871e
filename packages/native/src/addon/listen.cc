#include "addon/listen.h"

#include <cerrno>
#include <string>
#include <utility>

#include "sys/listening.h"

namespace shiny::addon {
int address_from(Value spec, sys::SocketAddress* address) {
  Value path = spec.get("path");
  if (path.is(napi_string)) return sys::unix_address(path.text(), address);
  return sys::ip_address(spec.get("host").text().c_str(), spec.get("port").integer(), address);
}

int open_listener(Value spec, reactor::Reactor& reactor, reactor::ListenerOptions options) {
  sys::ListenOptions wanted;
  wanted.backlog = spec.get("backlog").integer(wanted.backlog);
  wanted.ipv6_only = spec.get("ipv6Only").truth();
  wanted.reuse_port = spec.get("reusePort").truth();
  wanted.no_delay = spec.get("noDelay").truth();
  wanted.keep_alive = spec.get("keepAlive").integer(0);
  wanted.mode = spec.get("mode").integer(-1);
  sys::UnixFile file;
  int fd = spec.get("fd").integer(-1);
  if (fd >= 0) {
    if (reactor.listens_with(fd)) return -EEXIST;
    fd = sys::adopt_listening(fd, wanted);
  } else {
    sys::SocketAddress address;
    int length = address_from(spec, &address);
    if (length < 0) return length;
    fd = sys::listen_on(address, length, wanted, &file);
  }
  if (fd < 0) return fd;
  return reactor.add_listener(fd, std::move(options), std::move(file));
}

napi_value make_address(napi_env env, const sys::NamedAddress& address) {
  napi_value parts = make_array(env);
  append(env, parts, 0, make_text(env, address.family));
  append(env, parts, 1, make_text(env, address.host));
  append(env, parts, 2, make_number(env, address.port));
  return parts;
}

}  // namespace shiny::addon
