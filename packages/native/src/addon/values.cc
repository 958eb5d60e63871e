#include "addon/values.h"

#include "sys/error.h"

namespace shiny::addon {

bool Value::is(napi_valuetype type) const {
  napi_valuetype own;
  return raw_ != nullptr && napi_typeof(env_, raw_, &own) == napi_ok && own == type;
}

Value Value::get(const char* name) const {
  napi_value property = nullptr;
  if (raw_ == nullptr || napi_get_named_property(env_, raw_, name, &property) != napi_ok) return {env_, nullptr};
  return {env_, property};
}

Value Value::at(uint32_t index) const {
  napi_value element = nullptr;
  if (raw_ == nullptr || napi_get_element(env_, raw_, index, &element) != napi_ok) return {env_, nullptr};
  return {env_, element};
}

uint32_t Value::length() const {
  uint32_t length = 0;
  bool array = false;
  if (raw_ == nullptr || napi_is_array(env_, raw_, &array) != napi_ok || !array) return 0;
  return napi_get_array_length(env_, raw_, &length) == napi_ok ? length : 0;
}

int32_t Value::integer(int32_t standard) const {
  int32_t number;
  return raw_ != nullptr && napi_get_value_int32(env_, raw_, &number) == napi_ok ? number : standard;
}

uint32_t Value::natural(uint32_t standard) const {
  uint32_t number;
  return raw_ != nullptr && napi_get_value_uint32(env_, raw_, &number) == napi_ok ? number : standard;
}

bool Value::truth() const {
  bool truth;
  return raw_ != nullptr && napi_get_value_bool(env_, raw_, &truth) == napi_ok && truth;
}

std::string Value::text() const {
  size_t length = 0;
  if (raw_ == nullptr || napi_get_value_string_utf8(env_, raw_, nullptr, 0, &length) != napi_ok) return {};
  std::string text(length, '\0');
  if (napi_get_value_string_utf8(env_, raw_, text.data(), length + 1, &length) != napi_ok) return {};
  return text;
}

Call::Call(napi_env env, napi_callback_info info) : env_(env) {
  if (napi_get_cb_info(env, info, &count_, arguments_, nullptr, &data_) != napi_ok) count_ = 0;
  if (count_ > kMost) count_ = kMost;
}

napi_value make_number(napi_env env, double number) {
  napi_value value = nullptr;
  napi_create_double(env, number, &value);
  return value;
}

napi_value make_text(napi_env env, const std::string& text) {
  napi_value value = nullptr;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  return value;
}

napi_value make_boolean(napi_env env, bool truth) {
  napi_value value = nullptr;
  napi_get_boolean(env, truth, &value);
  return value;
}

napi_value make_null(napi_env env) {
  napi_value value = nullptr;
  napi_get_null(env, &value);
  return value;
}

napi_value make_array(napi_env env) {
  napi_value value = nullptr;
  napi_create_array(env, &value);
  return value;
}

void append(napi_env env, napi_value array, uint32_t index, napi_value element) {
  if (array != nullptr && element != nullptr) napi_set_element(env, array, index, element);
}

napi_value make_failure(napi_env env, int error) { return make_text(env, sys::error_name(error)); }

napi_value make_result(napi_env env, int result) {
  return result < 0 ? make_failure(env, -result) : make_number(env, result);
}

void define(napi_env env, napi_value object, const Function* functions, size_t count, void* data) {
  for (size_t i = 0; i < count; i++) {
    napi_value function = nullptr;
    const auto& [name, call] = functions[i];
    if (napi_create_function(env, name, NAPI_AUTO_LENGTH, call, data, &function) != napi_ok) return;
    if (napi_set_named_property(env, object, name, function) != napi_ok) return;
  }
}

}  // namespace shiny::addon
