// Typed arrays as JavaScript hands them over.
#pragma once

#include <node_api.h>

#include <cstddef>

namespace shiny::addon {

struct Array {
  void* data = nullptr;
  size_t length = 0;  // elements
};

// False when `value` is not a typed array of the wanted type with at least one element.
inline bool array_of(napi_env env, napi_value value, napi_typedarray_type wanted, Array* array) {
  bool is_typed = false;
  if (napi_is_typedarray(env, value, &is_typed) != napi_ok || !is_typed) return false;
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, value, &type, &array->length, &array->data, nullptr, nullptr) != napi_ok)
    return false;
  return type == wanted && array->length > 0;
}

inline bool read_array(napi_env env, napi_value object, const char* name, napi_typedarray_type wanted, Array* array) {
  napi_value value;
  if (napi_get_named_property(env, object, name, &value) != napi_ok) return false;
  return array_of(env, value, wanted, array);
}

}  // namespace shiny::addon
