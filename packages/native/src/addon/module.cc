// The addon's functions. They run once a server or once a connection, but for `flush`, `flushOutput` and `sendLarge`, which
// may run inside a turn.
#include <node_api.h>

#include <cerrno>
#include <string>
#include <utility>

#include "addon/datagram.h"
#include "addon/framer.h"
#include "addon/host.h"
#include "addon/listen.h"
#include "addon/plan.h"
#include "addon/values.h"
#include "sys/address.h"
#include "sys/clock.h"
#include "sys/sockets.h"

namespace shiny::addon {
namespace {

reactor::Reactor& reactor_of(const Call& call) { return call.data<Host>().reactor(); }

napi_value flush(napi_env env, napi_callback_info info) {
  reactor_of({env, info}).flush();
  return nullptr;
}

napi_value flush_output(napi_env env, napi_callback_info info) {
  reactor_of({env, info}).flush_output();
  return nullptr;
}

// sendLarge(slot, bytes, length)
napi_value send_large(napi_env env, napi_callback_info info) {
  Call call(env, info);
  void* bytes = nullptr;
  size_t size = 0;
  uint32_t length = call[2].natural();
  if (napi_get_typedarray_info(env, call[1].raw(), nullptr, &size, &bytes, nullptr, nullptr) != napi_ok) return nullptr;
  if (length <= size) reactor_of(call).send_large(call[0].integer(-1), static_cast<const uint8_t*>(bytes), length);
  return nullptr;
}

reactor::ListenerOptions options_from(const Call& call) {
  Value spec = call[0];
  reactor::ListenerOptions options;
  options.plan = reactor_of(call).plan(spec.get("plan").integer(-1));
  options.high_water = spec.get("highWaterMark").natural();
  options.low_water = spec.get("lowWaterMark").natural();
  options.hold_above = spec.get("holdWhenBlocked").truth();
  return options;
}

// listen({ ..., plan, highWaterMark, lowWaterMark, holdWhenBlocked }): index or errno name; listen.h says what goes before
napi_value listen(napi_env env, napi_callback_info info) {
  Call call(env, info);
  return make_result(env, open_listener(call[0], reactor_of(call), options_from(call)));
}

// group({ plan, highWaterMark, lowWaterMark, holdWhenBlocked }): index
napi_value group(napi_env env, napi_callback_info info) {
  Call call(env, info);
  return make_number(env, reactor_of(call).add_group(options_from(call)));
}

// connect({ path | host, port, plan, highWaterMark, lowWaterMark, holdWhenBlocked }): slot or errno name
napi_value connect(napi_env env, napi_callback_info info) {
  Call call(env, info);
  sys::SocketAddress address;
  int length = address_from(call[0], &address);
  if (length < 0) return make_failure(env, -length);
  bool connected = false;
  int fd = sys::connect_to(address, length, &connected);
  if (fd < 0) return make_failure(env, -fd);
  return make_result(env, reactor_of(call).add_client(fd, connected, options_from(call)));
}

// adopt(fd, listener): slot or errno name
napi_value adopt(napi_env env, napi_callback_info info) {
  Call call(env, info);
  return make_result(env, reactor_of(call).adopt(call[0].integer(-1), call[1].integer(-1)));
}

// detach(slot): descriptor or -1
napi_value detach(napi_env env, napi_callback_info info) {
  Call call(env, info);
  return make_number(env, reactor_of(call).detach(call[0].integer(-1)));
}

// plan(description): the number by which listen and the command kReframe name it
napi_value add_plan(napi_env env, napi_callback_info info) {
  Call call(env, info);
  auto plan = plan_from(call[0]);
  return plan ? make_number(env, reactor_of(call).add_plan(std::move(plan))) : nullptr;
}

// now(): milliseconds, of the clock that the vitals are told in
napi_value now(napi_env env, napi_callback_info) { return make_number(env, sys::coarse_ms()); }

napi_value close_listener(napi_env env, napi_callback_info info) {
  Call call(env, info);
  reactor_of(call).close_listener(call[0].integer(-1));
  return nullptr;
}

// listenerAddress(index): [family, host, port]
napi_value listener_address(napi_env env, napi_callback_info info) {
  Call call(env, info);
  auto* listener = reactor_of(call).listener(call[0].integer(-1));
  return make_address(env, listener == nullptr ? sys::NamedAddress{} : listener->address);
}

// remoteAddress(slot): [family, host, port]
napi_value remote_address(napi_env env, napi_callback_info info) {
  Call call(env, info);
  return make_address(env, reactor_of(call).remote_address(call[0].integer(-1)));
}

// localAddress(slot): [family, host, port]
napi_value local_address(napi_env env, napi_callback_info info) {
  Call call(env, info);
  return make_address(env, reactor_of(call).local_address(call[0].integer(-1)));
}

// credentials(slot): [pid, uid, gid], or null where there are none
napi_value credentials(napi_env env, napi_callback_info info) {
  Call call(env, info);
  sys::Credentials peer = reactor_of(call).credentials(call[0].integer(-1));
  if (!peer.known()) return make_null(env);
  napi_value parts = make_array(env);
  append(env, parts, 0, make_number(env, static_cast<double>(peer.pid)));
  append(env, parts, 1, make_number(env, static_cast<double>(peer.uid)));
  append(env, parts, 2, make_number(env, static_cast<double>(peer.gid)));
  return parts;
}

napi_value set_referenced(napi_env env, napi_callback_info info) {
  Call call(env, info);
  call.data<Host>().set_referenced(call[0].truth());
  return nullptr;
}

constexpr Function kFunctions[] = {
    {"listen", listen},
    {"group", group},
    {"connect", connect},
    {"adopt", adopt},
    {"detach", detach},
    {"plan", add_plan},
    {"now", now},
    {"closeListener", close_listener},
    {"listenerAddress", listener_address},
    {"remoteAddress", remote_address},
    {"localAddress", local_address},
    {"credentials", credentials},
    {"setReferenced", set_referenced},
    {"flush", flush},
    {"flushOutput", flush_output},
    {"sendLarge", send_large},
};

// start(bridge, handleTurn, design): the reactor of this thread, as an object of functions
napi_value start(napi_env env, napi_callback_info info) {
  Call call(env, info);
  LoopDesign design = call[2].text() == "nested" ? LoopDesign::kNested : LoopDesign::kAdaptive;
  Host* host = Host::create(env, call[0].raw(), call[1].raw(), design);
  napi_value object = nullptr;
  if (host == nullptr || napi_create_object(env, &object) != napi_ok) return nullptr;
  napi_set_named_property(env, object, "backend", make_text(env, host->reactor().backend().name()));
  define(env, object, kFunctions, host);
  define_datagrams(env, object, host);
  return object;
}

}  // namespace
}  // namespace shiny::addon

NAPI_MODULE_INIT() {
  constexpr shiny::addon::Function kExports[] = {{"start", shiny::addon::start}, {"framer", shiny::addon::make_framer}};
  shiny::addon::define(env, exports, kExports, nullptr);
  return exports;
}
