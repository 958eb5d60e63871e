#include "addon/host.h"

#include <cerrno>
#include <cstring>

#include "addon/bridge.h"
#include "sys/error.h"

namespace shiny::addon {

Host* Host::create(napi_env env, napi_value bridge_object, napi_value handle_turn, LoopDesign design) {
  reactor::Bridge bridge;
  const char* missing = read_bridge(env, bridge_object, &bridge);
  if (missing != nullptr) {
    napi_throw_type_error(env, "ERR_BRIDGE", missing);
    return nullptr;
  }
  auto* host = new Host(env, bridge);
  if (host->start(bridge_object, handle_turn, design)) return host;
  if (host->loop_ == nullptr) delete host;
  napi_throw_error(env, "ERR_REACTOR", sys::error_name(errno));
  return nullptr;
}

Host::~Host() {
  // The references, the context and the arrays go with the environment.
}

bool Host::start(napi_value bridge_object, napi_value handle_turn, LoopDesign design) {
  auto backend = reactor::make_backend();
  if (!backend) return false;
  uv_loop_t* uv = nullptr;
  napi_value inputs, resource, name;
  bool made = napi_get_uv_event_loop(env_, &uv) == napi_ok &&
              napi_create_reference(env_, bridge_object, 1, &bridge_object_) == napi_ok &&
              napi_create_reference(env_, handle_turn, 1, &handle_turn_) == napi_ok &&
              napi_get_named_property(env_, bridge_object, "inputs", &inputs) == napi_ok &&
              napi_create_reference(env_, inputs, 1, &inputs_) == napi_ok &&
              napi_create_object(env_, &resource) == napi_ok &&
              napi_create_reference(env_, resource, 1, &resource_) == napi_ok &&
              napi_create_string_utf8(env_, "ShinyReactor", NAPI_AUTO_LENGTH, &name) == napi_ok &&
              napi_async_init(env_, resource, name, &async_context_) == napi_ok;
  if (!made) return false;
  reactor_ = std::make_unique<reactor::Reactor>(std::move(backend), bridge_, *this);
  auto* loop = new Loop(uv, *reactor_, *this, design);
  if (!loop->start()) {
    delete loop;
    return false;
  }
  loop_ = loop;
  return napi_add_async_cleanup_hook(env_, cleanup, this, &cleanup_hook_) == napi_ok;
}

// The environment ends: the sockets are closed at once, the rest when libuv has let go of the handles. Node turns the loop
// until the hook is removed.
void Host::cleanup(napi_async_cleanup_hook_handle, void* data) {
  auto* self = static_cast<Host*>(data);
  self->stopped_ = true;
  self->loop_->close(
      [](void* closed) {
        auto* host = static_cast<Host*>(closed);
        napi_async_cleanup_hook_handle hook = host->cleanup_hook_;
        delete host;
        napi_remove_async_cleanup_hook(hook);
      },
      self);
}

int Host::run_turn(int timeout_ms) {
  napi_handle_scope scope;
  if (napi_open_handle_scope(env_, &scope) != napi_ok) {
    stopped_ = true;
    return 0;
  }
  int happened = reactor_->turn(timeout_ms);
  napi_close_handle_scope(env_, scope);
  return happened;
}

void Host::flush() { reactor_->flush(); }

// One call for all that is handed over, inside one callback scope: when it closes, Node runs the ticks and microtasks that the
// handlers left, and what those send still leaves with it.
void Host::handle_turn() {
  if (stopped_) return;
  napi_value resource;
  napi_callback_scope scope;
  if (napi_get_reference_value(env_, resource_, &resource) != napi_ok ||
      napi_open_callback_scope(env_, resource, async_context_, &scope) != napi_ok) {
    stopped_ = true;
    return;
  }
  call_javascript();
  if (napi_close_callback_scope(env_, scope) != napi_ok) stopped_ = true;
}

void Host::call_javascript() {
  napi_value function, receiver;
  if (napi_get_reference_value(env_, handle_turn_, &function) != napi_ok ||
      napi_get_undefined(env_, &receiver) != napi_ok) {
    stopped_ = true;
    return;
  }
  napi_status status = napi_call_function(env_, receiver, function, 0, nullptr, nullptr);
  if (status == napi_ok) return;
  if (status == napi_pending_exception)
    report_exception();
  else
    stopped_ = true;
}

// The dispatcher in JavaScript catches what handlers throw. What arrives here is either a fault in it, or the mark of an
// environment that is being ended (worker.terminate(), process.exit()), which is no object and after which no JavaScript runs.
void Host::report_exception() {
  napi_value exception;
  napi_valuetype type = napi_undefined;
  bool real = napi_get_and_clear_last_exception(env_, &exception) == napi_ok &&
              napi_typeof(env_, exception, &type) == napi_ok && type == napi_object;
  if (!real || napi_fatal_exception(env_, exception) != napi_ok) stopped_ = true;
}

uint8_t* Host::allocate_input(int32_t slot, uint32_t capacity) {
  napi_value inputs, buffer;
  void* bytes = nullptr;
  if (stopped_ || napi_get_reference_value(env_, inputs_, &inputs) != napi_ok ||
      napi_create_arraybuffer(env_, capacity, &bytes, &buffer) != napi_ok ||
      napi_set_element(env_, inputs, static_cast<uint32_t>(slot), buffer) != napi_ok) {
    return nullptr;
  }
  return static_cast<uint8_t*>(bytes);
}

void Host::release_input(int32_t slot) {
  napi_value inputs, nothing;
  if (stopped_) return;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env_, &scope) != napi_ok) return;
  if (napi_get_reference_value(env_, inputs_, &inputs) == napi_ok && napi_get_undefined(env_, &nothing) == napi_ok) {
    napi_set_element(env_, inputs, static_cast<uint32_t>(slot), nothing);
  }
  napi_close_handle_scope(env_, scope);
}

}  // namespace shiny::addon
