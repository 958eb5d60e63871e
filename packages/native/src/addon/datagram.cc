#include "addon/datagram.h"

#include <algorithm>
#include <cerrno>
#include <string>

#include "addon/arrays.h"
#include "reactor/datagram_address.h"
#include "sys/datagram.h"
#include "sys/error.h"

namespace shiny::addon {
namespace {

Host& host_of(const Napi::CallbackInfo& info) { return *static_cast<Host*>(info.Data()); }

reactor::DatagramSocket* socket_of(const Napi::CallbackInfo& info) {
  return host_of(info).reactor().datagrams().find(info[0].ToNumber().Int32Value());
}

Napi::Value failure(Napi::Env env, int error) { return Napi::String::New(env, sys::error_name(error)); }

// The memory of a socket, which JavaScript keeps until the socket is closed. False when the arrays do not fit each other.
bool read_memory(Napi::Env env, Napi::Object memory, uint32_t longest, reactor::DatagramBridge* bridge) {
  Array input, received, failures, output, outgoing, facts;
  bool complete = read_array(env, memory, "input", napi_uint8_array, &input) &&
                  read_array(env, memory, "received", napi_int32_array, &received) &&
                  read_array(env, memory, "failures", napi_int32_array, &failures) &&
                  read_array(env, memory, "output", napi_uint8_array, &output) &&
                  read_array(env, memory, "outgoing", napi_int32_array, &outgoing) &&
                  read_array(env, memory, "facts", napi_float64_array, &facts);
  if (!complete) return false;
  bridge->input = static_cast<uint8_t*>(input.data);
  bridge->received = static_cast<reactor::ReceivedDatagram*>(received.data);
  bridge->batch = static_cast<uint32_t>(received.length * sizeof(int32_t) / sizeof(reactor::ReceivedDatagram));
  bridge->stride = bridge->batch == 0 ? 0 : static_cast<uint32_t>(input.length / bridge->batch);
  bridge->longest = longest;
  bridge->failures = static_cast<reactor::FailedDatagram*>(failures.data);
  bridge->failure_capacity = static_cast<uint32_t>(failures.length * sizeof(int32_t) / sizeof(reactor::FailedDatagram));
  bridge->output = static_cast<const uint8_t*>(output.data);
  bridge->outgoing = static_cast<int32_t*>(outgoing.data);
  bridge->facts = static_cast<double*>(facts.data);
  return bridge->batch > 0 && bridge->stride >= longest && facts.length >= reactor::kDatagramFacts;
}

// bindDatagrams({ host, port, ipv6Only, reusePort, broadcast, receiveBuffer, sendBuffer, maxLength, highWaterMark,
// lowWaterMark, maxQueued }, memory): index or errno name
Napi::Value bind(const Napi::CallbackInfo& info) {
  auto spec = info[0].As<Napi::Object>();
  reactor::DatagramBridge bridge;
  if (!read_memory(info.Env(), info[1].As<Napi::Object>(), spec.Get("maxLength").ToNumber().Uint32Value(), &bridge)) {
    return failure(info.Env(), EINVAL);
  }
  sys::SocketAddress address;
  int length = sys::ip_address(spec.Get("host").ToString().Utf8Value().c_str(),
                               spec.Get("port").ToNumber().Int32Value(), &address);
  if (length < 0) return failure(info.Env(), -length);
  sys::DatagramOptions options;
  options.receive_buffer = spec.Get("receiveBuffer").ToNumber().Int32Value();
  options.send_buffer = spec.Get("sendBuffer").ToNumber().Int32Value();
  options.ipv6_only = spec.Get("ipv6Only").ToBoolean().Value();
  options.reuse_port = spec.Get("reusePort").ToBoolean().Value();
  options.broadcast = spec.Get("broadcast").ToBoolean().Value();
  int fd = sys::bind_datagram(address, length, options);
  if (fd < 0) return failure(info.Env(), -fd);
  reactor::DatagramMarks marks;
  marks.high_water = spec.Get("highWaterMark").ToNumber().Uint32Value();
  marks.low_water = spec.Get("lowWaterMark").ToNumber().Uint32Value();
  marks.cap = spec.Get("maxQueued").ToNumber().Uint32Value();
  int index = host_of(info).reactor().datagrams().add(fd, bridge, marks);
  if (index < 0) return failure(info.Env(), -index);
  return Napi::Number::New(info.Env(), index);
}

// datagramAddress(index): [family, host, port]
Napi::Value local_address(const Napi::CallbackInfo& info) {
  auto* socket = socket_of(info);
  auto address = socket == nullptr ? sys::NamedAddress{} : socket->address();
  Napi::Array parts = Napi::Array::New(info.Env(), 3);
  parts.Set(0u, address.family);
  parts.Set(1u, address.host);
  parts.Set(2u, address.port);
  return parts;
}

// parseAddress(host, port, words): whether `host` is numeric; the words of the address from index 1 on
Napi::Value parse_address(const Napi::CallbackInfo& info) {
  sys::SocketAddress address;
  Array words;
  int length = sys::ip_address(info[0].ToString().Utf8Value().c_str(), info[1].ToNumber().Int32Value(), &address);
  bool fits = length >= 0 && array_of(info.Env(), info[2], napi_int32_array, &words) &&
              words.length >= 1 + sizeof(reactor::WireAddress) / sizeof(int32_t);
  if (!fits) return Napi::Boolean::New(info.Env(), false);
  sys::PeerAddress peer;
  if (address.any.sa_family == AF_INET)
    peer.v4 = address.v4;
  else
    peer.v6 = address.v6;
  reactor::to_wire(peer, reinterpret_cast<reactor::WireAddress*>(static_cast<int32_t*>(words.data) + 1));
  return Napi::Boolean::New(info.Env(), true);
}

void start(const Napi::CallbackInfo& info) {
  if (auto* socket = socket_of(info)) socket->start();
}

void flush(const Napi::CallbackInfo& info) {
  if (auto* socket = socket_of(info)) socket->flush();
}

void finish(const Napi::CallbackInfo& info) {
  if (auto* socket = socket_of(info)) socket->finish();
}

void close(const Napi::CallbackInfo& info) {
  host_of(info).reactor().datagrams().close(info[0].ToNumber().Int32Value());
}

// lostDatagrams(index): how many the system has lost, or -1
Napi::Value lost(const Napi::CallbackInfo& info) {
  auto* socket = socket_of(info);
  return Napi::Number::New(info.Env(),
                           socket == nullptr ? -1 : static_cast<double>(sys::lost_datagrams(socket->descriptor())));
}

// changeGroup(index, group, interface, join): undefined or errno name
Napi::Value change_group(const Napi::CallbackInfo& info) {
  auto* socket = socket_of(info);
  if (socket == nullptr) return failure(info.Env(), EBADF);
  int error = sys::change_group(socket->descriptor(), info[1].ToString().Utf8Value().c_str(),
                                info[2].ToString().Utf8Value().c_str(), info[3].ToBoolean().Value());
  return error < 0 ? failure(info.Env(), -error) : info.Env().Undefined();
}

}  // namespace

void define_datagrams(Napi::Env env, Napi::Object object, Host* host) {
  object.Set("bindDatagrams", Napi::Function::New(env, bind, "bindDatagrams", host));
  object.Set("datagramAddress", Napi::Function::New(env, local_address, "datagramAddress", host));
  object.Set("parseAddress", Napi::Function::New(env, parse_address, "parseAddress", host));
  object.Set("startDatagrams", Napi::Function::New(env, start, "startDatagrams", host));
  object.Set("flushDatagrams", Napi::Function::New(env, flush, "flushDatagrams", host));
  object.Set("finishDatagrams", Napi::Function::New(env, finish, "finishDatagrams", host));
  object.Set("closeDatagrams", Napi::Function::New(env, close, "closeDatagrams", host));
  object.Set("lostDatagrams", Napi::Function::New(env, lost, "lostDatagrams", host));
  object.Set("changeGroup", Napi::Function::New(env, change_group, "changeGroup", host));
}

}  // namespace shiny::addon
