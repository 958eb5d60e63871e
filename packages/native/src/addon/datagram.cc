#include "addon/datagram.h"

#include <algorithm>
#include <cerrno>
#include <string>

#include "addon/arrays.h"
#include "addon/listen.h"
#include "addon/values.h"
#include "reactor/datagram_address.h"
#include "sys/datagram.h"

namespace shiny::addon {
namespace {

reactor::Datagrams& sockets_of(const Call& call) { return call.data<Host>().reactor().datagrams(); }

reactor::DatagramSocket* socket_of(const Call& call) { return sockets_of(call).find(call[0].integer(-1)); }

// The memory of a socket, which JavaScript keeps until the socket is closed. False when the arrays do not fit each other.
bool read_memory(napi_env env, napi_value memory, uint32_t longest, reactor::DatagramBridge* bridge) {
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
napi_value bind(napi_env env, napi_callback_info info) {
  Call call(env, info);
  Value spec = call[0];
  reactor::DatagramBridge bridge;
  if (!read_memory(env, call[1].raw(), spec.get("maxLength").natural(), &bridge)) return make_failure(env, EINVAL);
  sys::SocketAddress address;
  int length = sys::ip_address(spec.get("host").text().c_str(), spec.get("port").integer(), &address);
  if (length < 0) return make_failure(env, -length);
  sys::DatagramOptions options;
  options.receive_buffer = spec.get("receiveBuffer").integer();
  options.send_buffer = spec.get("sendBuffer").integer();
  options.ipv6_only = spec.get("ipv6Only").truth();
  options.reuse_port = spec.get("reusePort").truth();
  options.broadcast = spec.get("broadcast").truth();
  int fd = sys::bind_datagram(address, length, options);
  if (fd < 0) return make_failure(env, -fd);
  reactor::DatagramMarks marks;
  marks.high_water = spec.get("highWaterMark").natural();
  marks.low_water = spec.get("lowWaterMark").natural();
  marks.cap = spec.get("maxQueued").natural();
  return make_result(env, sockets_of(call).add(fd, bridge, marks));
}

// datagramAddress(index): [family, host, port]
napi_value local_address(napi_env env, napi_callback_info info) {
  auto* socket = socket_of({env, info});
  return make_address(env, socket == nullptr ? sys::NamedAddress{} : socket->address());
}

// parseAddress(host, port, words): whether `host` is numeric; the words of the address from index 1 on
napi_value parse_address(napi_env env, napi_callback_info info) {
  Call call(env, info);
  sys::SocketAddress address;
  Array words;
  int length = sys::ip_address(call[0].text().c_str(), call[1].integer(), &address);
  bool fits = length >= 0 && array_of(env, call[2].raw(), napi_int32_array, &words) &&
              words.length >= 1 + sizeof(reactor::WireAddress) / sizeof(int32_t);
  if (!fits) return make_boolean(env, false);
  sys::PeerAddress peer;
  if (address.any.sa_family == AF_INET)
    peer.v4 = address.v4;
  else
    peer.v6 = address.v6;
  reactor::to_wire(peer, reinterpret_cast<reactor::WireAddress*>(static_cast<int32_t*>(words.data) + 1));
  return make_boolean(env, true);
}

napi_value start(napi_env env, napi_callback_info info) {
  if (auto* socket = socket_of({env, info})) socket->start();
  return nullptr;
}

napi_value flush(napi_env env, napi_callback_info info) {
  if (auto* socket = socket_of({env, info})) socket->flush();
  return nullptr;
}

napi_value finish(napi_env env, napi_callback_info info) {
  if (auto* socket = socket_of({env, info})) socket->finish();
  return nullptr;
}

napi_value close(napi_env env, napi_callback_info info) {
  Call call(env, info);
  sockets_of(call).close(call[0].integer(-1));
  return nullptr;
}

// lostDatagrams(index): how many the system has lost, or -1
napi_value lost(napi_env env, napi_callback_info info) {
  auto* socket = socket_of({env, info});
  return make_number(env, socket == nullptr ? -1 : static_cast<double>(sys::lost_datagrams(socket->descriptor())));
}

// changeGroup(index, group, interface, join): undefined or errno name
napi_value change_group(napi_env env, napi_callback_info info) {
  Call call(env, info);
  auto* socket = socket_of(call);
  if (socket == nullptr) return make_failure(env, EBADF);
  int error = sys::change_group(socket->descriptor(), call[1].text().c_str(), call[2].text().c_str(), call[3].truth());
  return error < 0 ? make_failure(env, -error) : nullptr;
}

constexpr Function kFunctions[] = {
    {"bindDatagrams", bind},         {"datagramAddress", local_address},
    {"parseAddress", parse_address}, {"startDatagrams", start},
    {"flushDatagrams", flush},       {"finishDatagrams", finish},
    {"closeDatagrams", close},       {"lostDatagrams", lost},
    {"changeGroup", change_group},
};

}  // namespace

void define_datagrams(napi_env env, napi_value object, Host* host) { define(env, object, kFunctions, host); }

}  // namespace shiny::addon
