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

framing::Outcome frame_into(const Napi::CallbackInfo& info, framing::Table& table) {
  auto* framer = static_cast<Framer*>(info.Data());
  auto bytes = info[0].As<Napi::Uint8Array>();
  auto words = info[3].As<Napi::Int32Array>();
  table = {words.Data(), static_cast<uint32_t>(words.ElementLength()), 0};
  return framer->plan->frame(framer->state, bytes.Data(), info[1].As<Napi::Number>().Uint32Value(),
                             info[2].As<Napi::Number>().Uint32Value(), table);
}

Napi::Value frame(const Napi::CallbackInfo& info) {
  framing::Table table{};
  framing::Outcome outcome = frame_into(info, table);
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("count", table.count);
  result.Set("end", outcome.end);
  result.Set("need", outcome.need);
  result.Set("reason", outcome.reason);
  result.Set("detail", outcome.detail);
  result.Set("full", Napi::Boolean::New(info.Env(), outcome.full));
  return result;
}

// The same without an object: for measurements, in which making one would weigh more than the framing.
void frame_words(const Napi::CallbackInfo& info) {
  framing::Table table{};
  framing::Outcome outcome = frame_into(info, table);
  int32_t* words = info[4].As<Napi::Int32Array>().Data();
  words[0] = static_cast<int32_t>(table.count);
  words[1] = static_cast<int32_t>(outcome.end);
  words[2] = static_cast<int32_t>(outcome.need);
  words[3] = static_cast<int32_t>(outcome.reason);
  words[4] = static_cast<int32_t>(outcome.detail);
  words[5] = outcome.full ? 1 : 0;
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
  object.Set("frameWords", Napi::Function::New(env, frame_words, "frameWords", framer));
  object.Set("reset", Napi::Function::New(env, reset, "reset", framer));
  return object;
}

}  // namespace shiny::addon
