// One reactor inside one JavaScript environment: the shared memory, the call into JavaScript, and the place in libuv's
// loop. Made by the environment's thread and used by it alone; there is one for each environment that asks.
#pragma once

#include <node_api.h>
#include <uv.h>

#include <memory>

#include "addon/loop.h"
#include "reactor/bridge.h"
#include "reactor/handler.h"
#include "reactor/reactor.h"

namespace shiny::addon {

class Host final : public reactor::Handler, public LoopClient {
 public:
  // `bridge` is a JavaScript object with the typed arrays named in bridge.cc, `handle_turn` a function. Returns null with a
  // JavaScript exception pending when something is wrong. The environment's cleanup frees the host.
  static Host* create(napi_env env, napi_value bridge, napi_value handle_turn, LoopDesign design);

  reactor::Reactor& reactor() { return *reactor_; }
  void set_referenced(bool referenced) { loop_->set_referenced(referenced); }

  void handle_turn() override;
  uint8_t* allocate_input(int32_t slot, uint32_t capacity) override;
  void release_input(int32_t slot) override;

  int run_turn(int timeout_ms) override;
  void flush() override;
  bool stopped() const override { return stopped_; }

 private:
  Host(napi_env env, const reactor::Bridge& bridge) : env_(env), bridge_(bridge) {}
  ~Host() override;

  bool start(napi_value bridge, napi_value handle_turn, LoopDesign design);
  static void cleanup(napi_async_cleanup_hook_handle handle, void* data);
  void call_javascript();
  void report_exception();

  napi_env env_;
  reactor::Bridge bridge_;
  napi_ref bridge_object_ = nullptr;  // keeps the shared memory in place
  napi_ref handle_turn_ = nullptr;
  napi_ref inputs_ = nullptr;  // the array of the buffers of connections with big frames, by slot
  napi_ref resource_ = nullptr;
  napi_async_context async_context_ = nullptr;
  napi_async_cleanup_hook_handle cleanup_hook_ = nullptr;
  std::unique_ptr<reactor::Reactor> reactor_;
  Loop* loop_ = nullptr;  // frees itself when libuv has closed its handles
  bool stopped_ = false;  // the environment runs no JavaScript any more
};

}  // namespace shiny::addon
