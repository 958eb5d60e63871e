// The addon's functions. Those that run once a server or once a connection use node-addon-api; `flush`, `flushOutput` and
// `sendLarge`, which may run inside a turn, are plain Node-API.
#include <napi.h>

#include <cerrno>
#include <string>
#include <utility>

#include "addon/datagram.h"
#include "addon/host.h"
#include "addon/listen.h"
#include "addon/plan.h"
#include "sys/address.h"
#include "sys/clock.h"
#include "sys/error.h"
#include "sys/sockets.h"

namespace shiny::addon {
namespace {

Host& host_of(const Napi::CallbackInfo& info) { return *static_cast<Host*>(info.Data()); }

Host* host_of(napi_env env, napi_callback_info info, size_t* argc, napi_value* argv) {
  void* data = nullptr;
  napi_get_cb_info(env, info, argc, argv, nullptr, &data);
  return static_cast<Host*>(data);
}

napi_value flush(napi_env env, napi_callback_info info) {
  host_of(env, info, nullptr, nullptr)->reactor().flush();
  return nullptr;
}

napi_value flush_output(napi_env env, napi_callback_info info) {
  host_of(env, info, nullptr, nullptr)->reactor().flush_output();
  return nullptr;
}

// sendLarge(slot, bytes, length)
napi_value send_large(napi_env env, napi_callback_info info) {
  size_t argc = 3;
  napi_value argv[3];
  Host* host = host_of(env, info, &argc, argv);
  int32_t slot = -1;
  uint32_t length = 0;
  void* bytes = nullptr;
  size_t size = 0;
  if (napi_get_value_int32(env, argv[0], &slot) != napi_ok ||
      napi_get_typedarray_info(env, argv[1], nullptr, &size, &bytes, nullptr, nullptr) != napi_ok ||
      napi_get_value_uint32(env, argv[2], &length) != napi_ok || length > size) {
    return nullptr;
  }
  host->reactor().send_large(slot, static_cast<const uint8_t*>(bytes), length);
  return nullptr;
}

// An errno is answered as its name, so that nothing crosses that differs between systems.
Napi::Value failure(Napi::Env env, int error) { return Napi::String::New(env, sys::error_name(error)); }

Napi::Value number_or_failure(Napi::Env env, int result) {
  return result < 0 ? failure(env, -result) : Napi::Number::New(env, result);
}

reactor::ListenerOptions options_from(const Napi::CallbackInfo& info, Napi::Object spec) {
  reactor::ListenerOptions options;
  options.plan = host_of(info).reactor().plan(spec.Get("plan").ToNumber().Int32Value());
  options.high_water = spec.Get("highWaterMark").ToNumber().Uint32Value();
  options.low_water = spec.Get("lowWaterMark").ToNumber().Uint32Value();
  options.hold_above = spec.Get("holdWhenBlocked").ToBoolean().Value();
  return options;
}

// listen({ ..., plan, highWaterMark, lowWaterMark, holdWhenBlocked }): index or errno name; listen.h says what goes before
Napi::Value listen(const Napi::CallbackInfo& info) {
  auto spec = info[0].As<Napi::Object>();
  return number_or_failure(info.Env(), open_listener(spec, host_of(info).reactor(), options_from(info, spec)));
}

// group({ plan, highWaterMark, lowWaterMark, holdWhenBlocked }): index
Napi::Value group(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(),
                           host_of(info).reactor().add_group(options_from(info, info[0].As<Napi::Object>())));
}

// connect({ path | host, port, plan, highWaterMark, lowWaterMark, holdWhenBlocked }): slot or errno name
Napi::Value connect(const Napi::CallbackInfo& info) {
  auto spec = info[0].As<Napi::Object>();
  sys::SocketAddress address;
  int length = address_from(spec, &address);
  if (length < 0) return failure(info.Env(), -length);
  bool connected = false;
  int fd = sys::connect_to(address, length, &connected);
  if (fd < 0) return failure(info.Env(), -fd);
  return number_or_failure(info.Env(), host_of(info).reactor().add_client(fd, connected, options_from(info, spec)));
}

// adopt(fd, listener): slot or errno name
Napi::Value adopt(const Napi::CallbackInfo& info) {
  return number_or_failure(
      info.Env(), host_of(info).reactor().adopt(info[0].ToNumber().Int32Value(), info[1].ToNumber().Int32Value()));
}

// detach(slot): descriptor or -1
Napi::Value detach(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), host_of(info).reactor().detach(info[0].ToNumber().Int32Value()));
}

// plan(description): the number by which listen and the command kReframe name it
Napi::Value add_plan(const Napi::CallbackInfo& info) {
  auto plan = plan_from(info[0].As<Napi::Object>());
  if (!plan) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), host_of(info).reactor().add_plan(std::move(plan)));
}

// now(): milliseconds, of the clock that the vitals are told in
Napi::Value now(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), sys::coarse_ms()); }

void close_listener(const Napi::CallbackInfo& info) {
  host_of(info).reactor().close_listener(info[0].ToNumber().Int32Value());
}

Napi::Value to_javascript(Napi::Env env, const sys::NamedAddress& address) {
  Napi::Array parts = Napi::Array::New(env, 3);
  parts.Set(0u, address.family);
  parts.Set(1u, address.host);
  parts.Set(2u, address.port);
  return parts;
}

// listenerAddress(index): [family, host, port]
Napi::Value listener_address(const Napi::CallbackInfo& info) {
  auto* listener = host_of(info).reactor().listener(info[0].ToNumber().Int32Value());
  return to_javascript(info.Env(), listener == nullptr ? sys::NamedAddress{} : listener->address);
}

// remoteAddress(slot): [family, host, port]
Napi::Value remote_address(const Napi::CallbackInfo& info) {
  return to_javascript(info.Env(), host_of(info).reactor().remote_address(info[0].ToNumber().Int32Value()));
}

// localAddress(slot): [family, host, port]
Napi::Value local_address(const Napi::CallbackInfo& info) {
  return to_javascript(info.Env(), host_of(info).reactor().local_address(info[0].ToNumber().Int32Value()));
}

// credentials(slot): [pid, uid, gid], or null where there are none
Napi::Value credentials(const Napi::CallbackInfo& info) {
  sys::Credentials peer = host_of(info).reactor().credentials(info[0].ToNumber().Int32Value());
  if (!peer.known()) return info.Env().Null();
  Napi::Array parts = Napi::Array::New(info.Env(), 3);
  parts.Set(0u, static_cast<double>(peer.pid));
  parts.Set(1u, static_cast<double>(peer.uid));
  parts.Set(2u, static_cast<double>(peer.gid));
  return parts;
}

void set_referenced(const Napi::CallbackInfo& info) { host_of(info).set_referenced(info[0].ToBoolean().Value()); }

// start(bridge, handleTurn, design): the reactor of this thread, as an object of functions
Napi::Value start(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  LoopDesign design = info[2].ToString().Utf8Value() == "nested" ? LoopDesign::kNested : LoopDesign::kAdaptive;
  Host* host = Host::create(env, info[0], info[1], design);
  if (host == nullptr) return env.Undefined();
  Napi::Object object = Napi::Object::New(env);
  object.Set("backend", host->reactor().backend().name());
  object.Set("listen", Napi::Function::New(env, listen, "listen", host));
  object.Set("group", Napi::Function::New(env, group, "group", host));
  object.Set("connect", Napi::Function::New(env, connect, "connect", host));
  object.Set("adopt", Napi::Function::New(env, adopt, "adopt", host));
  object.Set("detach", Napi::Function::New(env, detach, "detach", host));
  object.Set("plan", Napi::Function::New(env, add_plan, "plan", host));
  object.Set("now", Napi::Function::New(env, now, "now"));
  object.Set("closeListener", Napi::Function::New(env, close_listener, "closeListener", host));
  object.Set("listenerAddress", Napi::Function::New(env, listener_address, "listenerAddress", host));
  object.Set("remoteAddress", Napi::Function::New(env, remote_address, "remoteAddress", host));
  object.Set("localAddress", Napi::Function::New(env, local_address, "localAddress", host));
  object.Set("credentials", Napi::Function::New(env, credentials, "credentials", host));
  object.Set("setReferenced", Napi::Function::New(env, set_referenced, "setReferenced", host));
  define_datagrams(env, object, host);
  napi_property_descriptor plain[] = {
      {"flush", nullptr, flush, nullptr, nullptr, nullptr, napi_enumerable, host},
      {"flushOutput", nullptr, flush_output, nullptr, nullptr, nullptr, napi_enumerable, host},
      {"sendLarge", nullptr, send_large, nullptr, nullptr, nullptr, napi_enumerable, host},
  };
  napi_define_properties(env, object, 3, plain);
  return object;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("start", Napi::Function::New(env, start, "start"));
  exports.Set("framer", Napi::Function::New(env, make_framer, "framer"));
  return exports;
}

}  // namespace
}  // namespace shiny::addon

using shiny::addon::init;
NODE_API_MODULE(shiny, init)
