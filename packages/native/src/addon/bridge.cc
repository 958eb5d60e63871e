#include "addon/bridge.h"

#include "addon/arrays.h"

namespace shiny::addon {

const char* read_bridge(napi_env env, napi_value object, reactor::Bridge* bridge) {
  Array control, records, commands, output_table, input, output, frames, sent, vitals;
  struct {
    const char* name;
    napi_typedarray_type type;
    Array* array;
  } wanted[] = {
      {"control", napi_int32_array, &control},   {"records", napi_int32_array, &records},
      {"commands", napi_int32_array, &commands}, {"outputTable", napi_int32_array, &output_table},
      {"input", napi_uint8_array, &input},       {"output", napi_uint8_array, &output},
      {"frames", napi_int32_array, &frames},     {"sent", napi_float64_array, &sent},
      {"vitals", napi_float64_array, &vitals},
  };
  for (auto& field : wanted) {
    if (!read_array(env, object, field.name, field.type, field.array)) return field.name;
  }
  if (control.length < reactor::kControlWords) return "control";
  if (vitals.length < reactor::kVitals * sent.length) return "vitals";
  bridge->control = static_cast<int32_t*>(control.data);
  bridge->records = static_cast<reactor::Record*>(records.data);
  bridge->record_capacity = static_cast<uint32_t>(records.length / reactor::kRecordWords);
  bridge->commands = static_cast<reactor::Command*>(commands.data);
  bridge->output_table = static_cast<int32_t*>(output_table.data);
  bridge->input = static_cast<uint8_t*>(input.data);
  bridge->input_size = static_cast<uint32_t>(input.length);
  bridge->output = static_cast<const uint8_t*>(output.data);
  bridge->frames = static_cast<int32_t*>(frames.data);
  bridge->frame_words = static_cast<uint32_t>(frames.length);
  bridge->sent = static_cast<double*>(sent.data);
  bridge->vitals = static_cast<double*>(vitals.data);
  bridge->slots = static_cast<uint32_t>(sent.length);
  return nullptr;
}

}  // namespace shiny::addon
