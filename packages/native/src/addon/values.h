// JavaScript values, read and made in an environment that may be ending (worker.terminate(), process.exit()).
//
// Then nearly every call into it is refused, and node-addon-api would end the process, since it can throw nowhere. Here what
// cannot be read has its default, and what cannot be made is undefined, which nobody will look at any more.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace shiny::addon {

class Value {
 public:
  Value(napi_env env, napi_value raw) : env_(env), raw_(raw) {}

  napi_env env() const { return env_; }
  napi_value raw() const { return raw_; }
  bool is(napi_valuetype type) const;

  // A property, or an element; no value where there is none.
  Value get(const char* name) const;
  Value at(uint32_t index) const;
  // How many elements an array has; 0 for what is none.
  uint32_t length() const;

  // Numbers lose what does not fit; what is no number, text or boolean has its default.
  int32_t integer(int32_t standard = 0) const;
  uint32_t natural(uint32_t standard = 0) const;
  bool truth() const;
  std::string text() const;

 private:
  napi_env env_;
  napi_value raw_;  // null: none
};

// One call of a function that `define` has made.
class Call {
 public:
  Call(napi_env env, napi_callback_info info);

  napi_env env() const { return env_; }
  Value operator[](size_t index) const { return {env_, index < count_ ? arguments_[index] : nullptr}; }
  template <typename Data>
  Data& data() const {
    return *static_cast<Data*>(data_);
  }

 private:
  static constexpr size_t kMost = 4;

  napi_env env_;
  size_t count_ = kMost;
  napi_value arguments_[kMost];
  void* data_ = nullptr;
};

napi_value make_number(napi_env env, double number);
napi_value make_text(napi_env env, const std::string& text);
napi_value make_boolean(napi_env env, bool truth);
napi_value make_null(napi_env env);
napi_value make_array(napi_env env);
void append(napi_env env, napi_value array, uint32_t index, napi_value element);

// The name of an errno, so that no number crosses that differs between systems; or the result itself.
napi_value make_failure(napi_env env, int error);
napi_value make_result(napi_env env, int result);

struct Function {
  const char* name;
  napi_callback call;
};

// Sets functions on an object; `data` is what each of them finds in its Call.
void define(napi_env env, napi_value object, const Function* functions, size_t count, void* data);

template <size_t kCount>
void define(napi_env env, napi_value object, const Function (&functions)[kCount], void* data) {
  define(env, object, functions, kCount, data);
}

}  // namespace shiny::addon
