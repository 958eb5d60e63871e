#include "addon/listen.h"

#include <cerrno>
#include <string>
#include <utility>

#include "sys/listening.h"

namespace shiny::addon {
namespace {

// What is undefined has its default.
int integer(Napi::Object spec, const char* name, int standard) {
  Napi::Value value = spec.Get(name);
  return value.IsNumber() ? value.As<Napi::Number>().Int32Value() : standard;
}

}  // namespace

int address_from(Napi::Object spec, sys::SocketAddress* address) {
  Napi::Value path = spec.Get("path");
  if (path.IsString()) return sys::unix_address(path.As<Napi::String>().Utf8Value(), address);
  return sys::ip_address(spec.Get("host").ToString().Utf8Value().c_str(), spec.Get("port").ToNumber().Int32Value(),
                         address);
}

int open_listener(Napi::Object spec, reactor::Reactor& reactor, reactor::ListenerOptions options) {
  sys::ListenOptions wanted;
  wanted.backlog = integer(spec, "backlog", wanted.backlog);
  wanted.ipv6_only = spec.Get("ipv6Only").ToBoolean();
  wanted.reuse_port = spec.Get("reusePort").ToBoolean();
  wanted.no_delay = spec.Get("noDelay").ToBoolean();
  wanted.keep_alive = integer(spec, "keepAlive", 0);
  wanted.mode = integer(spec, "mode", -1);
  sys::UnixFile file;
  int fd = integer(spec, "fd", -1);
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

}  // namespace shiny::addon
