#include "addon/framer.h"

#include <napi.h>

#include <memory>
#include <utility>

#include "addon/plan.h"

namespace shiny::addon {
namespace {

struct Framer {
  std::unique_ptr<framing::Plan> plan;
  framing::State state;
};

Napi::Value frame(const Napi::CallbackInfo& info) {
  auto* framer = static_cast<Framer*>(info.Data());
  auto bytes = info[0].As<Napi::Uint8Array>();
  auto words = info[3].As<Napi::Int32Array>();
  framing::Table table{words.Data(), static_cast<uint32_t>(words.ElementLength()), 0};
  framing::Outcome outcome = framer->plan->frame(framer->state, bytes.Data(), info[1].As<Napi::Number>().Uint32Value(),
                                                 info[2].As<Napi::Number>().Uint32Value(), table);
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("count", table.count);
  result.Set("end", outcome.end);
  result.Set("need", outcome.need);
  result.Set("reason", outcome.reason);
  result.Set("detail", outcome.detail);
  result.Set("full", Napi::Boolean::New(info.Env(), outcome.full));
  return result;
}

void reset(const Napi::CallbackInfo& info) { static_cast<Framer*>(info.Data())->state.reset(); }

}  // namespace

napi_value make_framer(napi_env env, napi_callback_info callback_info) {
  Napi::CallbackInfo info(env, callback_info);
  auto plan = plan_from({env, info[0]});
  if (!plan) return nullptr;
  auto* framer = new Framer{std::move(plan), {}};
  Napi::Object object = Napi::Object::New(env);
  object.AddFinalizer([](Napi::Env, Framer* owned) { delete owned; }, framer);
  object.Set("frame", Napi::Function::New(env, frame, "frame", framer));
  object.Set("reset", Napi::Function::New(env, reset, "reset", framer));
  return object;
}

}  // namespace shiny::addon
