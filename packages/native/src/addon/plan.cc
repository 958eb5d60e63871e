#include "addon/plan.h"

#include <string>

#include "framing/plans.h"

namespace shiny::addon {
namespace {

void read_number(Napi::Object plan, const char* name, uint32_t* number) {
  Napi::Value value = plan.Get(name);
  if (value.IsNumber()) *number = value.As<Napi::Number>().Uint32Value();
}

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

}  // namespace

std::unique_ptr<framing::Plan> plan_from(Napi::Object object) {
  framing::Description description;
  description.kind = object.Get("kind").ToString().Utf8Value();
  Napi::Value newline = object.Get("newline");
  if (newline.IsString()) description.newline = newline.As<Napi::String>().Utf8Value();
  read_number(object, "maxLength", &description.max_length);
  read_number(object, "maxLine", &description.max_line);
  read_number(object, "maxBulk", &description.max_bulk);
  read_number(object, "maxArguments", &description.max_arguments);
  Napi::Value names = object.Get("names");
  if (names.IsArray()) {
    auto list = names.As<Napi::Array>();
    for (uint32_t i = 0; i < list.Length(); i++) {
      description.names.push_back(list.Get(i).ToString().Utf8Value());
    }
  }
  auto plan = framing::make_plan(description);
  if (!plan)
    Napi::TypeError::New(object.Env(), "unknown framing plan " + description.kind).ThrowAsJavaScriptException();
  return plan;
}

Napi::Value make_framer(const Napi::CallbackInfo& info) {
  auto plan = plan_from(info[0].As<Napi::Object>());
  if (!plan) return info.Env().Undefined();
  auto* framer = new Framer{std::move(plan), {}};
  Napi::Object object = Napi::Object::New(info.Env());
  object.AddFinalizer([](Napi::Env, Framer* owned) { delete owned; }, framer);
  object.Set("frame", Napi::Function::New(info.Env(), frame, "frame", framer));
  object.Set("reset",
             Napi::Function::New(
                 info.Env(), [](const Napi::CallbackInfo& call) { static_cast<Framer*>(call.Data())->state.reset(); },
                 "reset", framer));
  return object;
}

}  // namespace shiny::addon
