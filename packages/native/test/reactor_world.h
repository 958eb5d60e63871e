// A reactor with a handler in C++ in place of JavaScript, and clients on loopback: what reactor_test.cc plays with.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "check.h"
#include "framing/plans.h"
#include "reactor/reactor.h"
#include "sys/address.h"
#include "sys/listening.h"
#include "sys/sockets.h"

namespace world {

using namespace shiny;
using reactor::Event;
using reactor::Operation;
using reactor::Record;
using reactor::RecordKind;

// What the handler saw of one connection.
struct Seen {
  std::string received;  // all bytes of DATA records that were consumed
  int data_records = 0;
  int drains = 0;
  int ends = 0;
  int idles = 0;
  std::string leftover;  // what END showed
  bool closed = false;
  int error = 0;
};

class World final : public reactor::Handler {
 public:
  explicit World(const char* plan = nullptr, uint32_t high = 65536, uint32_t input_size = 256 * 1024)
      : control_(reactor::kControlWords),
        records_(256),
        commands_(256),
        output_table_(reactor::kOutputFirst + 3 * 256),
        input_(input_size),
        output_(1 << 20),
        frames_(32768),
        sent_(1024),
        vitals_(reactor::kVitals * sent_.size()) {
    reactor::Bridge bridge;
    bridge.control = control_.data();
    bridge.records = records_.data();
    bridge.record_capacity = 256;
    bridge.commands = commands_.data();
    bridge.output_table = output_table_.data();
    bridge.input = input_.data();
    bridge.input_size = input_size;
    bridge.output = output_.data();
    bridge.frames = frames_.data();
    bridge.frame_words = static_cast<uint32_t>(frames_.size());
    bridge.sent = sent_.data();
    bridge.vitals = vitals_.data();
    bridge.slots = static_cast<uint32_t>(sent_.size());
    reactor = std::make_unique<reactor::Reactor>(reactor::make_backend(), bridge, *this);
    listen(plan, high);
  }

  void listen(const char* plan, uint32_t high) {
    sys::SocketAddress address;
    int length = sys::ip_address("127.0.0.1", 0, &address);
    int fd = sys::listen_on(address, length, {});
    port = sys::local_address(fd).port;
    reactor::ListenerOptions options;
    options.high_water = high;
    options.low_water = high / 2;
    if (plan != nullptr) {
      framing::Description description;
      description.kind = plan;
      options.plan = reactor->plan(reactor->add_plan(framing::make_plan(description)));
    }
    listener = reactor->add_listener(fd, options, {});
  }

  // Turns until `done`, a hundred times at most.
  bool turn_until(const std::function<bool()>& done) {
    for (int i = 0; i < 100 && !done(); i++) {
      reactor->flush();
      reactor->turn(20);
    }
    return done();
  }

  void turn(int times = 1) {
    for (int i = 0; i < times; i++) reactor->turn(0);
  }

  // ---- what a handler does

  void send(int32_t slot, const std::string& bytes) {
    if (control_output() == 0) output_used_ = 0;
    std::memcpy(output_.data() + output_used_, bytes.data(), bytes.size());
    auto* record = &output_table_[reactor::kOutputFirst + 3 * static_cast<size_t>(output_table_[0]++)];
    record[0] = slot;
    record[1] = static_cast<int32_t>(output_used_);
    output_used_ += bytes.size();
    record[2] = static_cast<int32_t>(output_used_);
  }

  void command(Operation operation, int32_t slot, int32_t a = 0, int32_t b = 0) {
    commands_[static_cast<size_t>(control_[reactor::kCommandCount]++)] = {operation, slot, a, b};
  }

  void want_turn() { control_[reactor::kTurnWanted] = 1; }
  double sent(int32_t slot) const { return sent_[static_cast<size_t>(slot)]; }
  double vital(int32_t slot, reactor::Vital word) const {
    return vitals_[reactor::kVitals * static_cast<size_t>(slot) + word];
  }

  std::function<void(int32_t slot)> on_open = [](int32_t) {};
  // Gets the bytes of a DATA record, returns how many it consumed.
  std::function<size_t(int32_t slot, const std::string& bytes, Record& record)> on_data =
      [](int32_t, const std::string& bytes, Record&) { return bytes.size(); };
  std::function<void(int32_t slot)> on_end = [](int32_t) {};

  // ---- Handler

  void handle_turn() override {
    turns++;
    auto count = static_cast<size_t>(control_[reactor::kRecordCount]);
    for (size_t i = 0; i < count; i++) handle(records_[i]);
  }

  uint8_t* allocate_input(int32_t slot, uint32_t capacity) override {
    allocations++;
    if (no_memory) return nullptr;
    auto& buffers = inputs_[slot];
    buffers.push_back(std::make_unique<uint8_t[]>(capacity));
    return buffers.back().get();
  }

  void release_input(int32_t slot) override { inputs_.erase(slot); }

  size_t own_buffers() const { return inputs_.size(); }

  std::unique_ptr<reactor::Reactor> reactor;
  std::map<int32_t, Seen> seen;
  std::vector<int32_t> opened;
  std::vector<int32_t> came_by;  // the listeners of those, -1 for clients
  std::vector<int> accept_errors;
  int turns = 0;
  int allocations = 0;
  bool no_memory = false;  // allocate_input fails
  int port = 0;
  int listener = -1;

 private:
  int32_t control_output() const { return output_table_[0]; }

  std::string bytes_of(const Record& record) {
    const uint8_t* base = input_.data();
    if (record.flags & reactor::kOwnMemory) base = inputs_[record.slot].back().get();
    return {reinterpret_cast<const char*>(base) + record.start, static_cast<size_t>(record.end - record.start)};
  }

  void handle(Record& record) {
    Seen& connection = seen[record.slot];
    if (record.kind == RecordKind::kOpen) {
      CHECK(!seen.count(record.slot) || seen[record.slot].closed || seen[record.slot].data_records == 0);
      connection = {};
      opened.push_back(record.slot);
      came_by.push_back(record.start);
      on_open(record.slot);
      return;
    }
    if (record.kind == RecordKind::kAcceptFailed) {
      accept_errors.push_back(record.start);
      return;
    }
    CHECK(!connection.closed);
    switch (record.kind) {
      case RecordKind::kData: {
        connection.data_records++;
        std::string bytes = bytes_of(record);
        size_t consumed = on_data(record.slot, bytes, record);
        connection.received += bytes.substr(0, consumed);
        record.consumed = record.start + static_cast<int32_t>(consumed);
        break;
      }
      case RecordKind::kDrain:
        connection.drains++;
        break;
      case RecordKind::kEnd:
        connection.ends++;
        connection.leftover = bytes_of(record);
        on_end(record.slot);
        break;
      case RecordKind::kIdle:
        connection.idles++;
        break;
      case RecordKind::kClose:
        connection.closed = true;
        connection.error = record.start;
        break;
      default:
        CHECK(false);
    }
  }

  std::vector<int32_t> control_;
  std::vector<Record> records_;
  std::vector<reactor::Command> commands_;
  std::vector<int32_t> output_table_;
  std::vector<uint8_t> input_;
  std::vector<uint8_t> output_;
  std::vector<int32_t> frames_;
  std::vector<double> sent_;
  std::vector<double> vitals_;
  std::map<int32_t, std::vector<std::unique_ptr<uint8_t[]>>> inputs_;
  size_t output_used_ = 0;
};

// A client on loopback. Non-blocking once it is connected.
class Client {
 public:
  explicit Client(const World& world, int receive_buffer = 0) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0) setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sys::SocketAddress address;
    int length = sys::ip_address("127.0.0.1", world.port, &address);
    CHECK(connect(fd_, &address.any, static_cast<socklen_t>(length)) == 0);
    fcntl(fd_, F_SETFL, O_NONBLOCK);
  }
  ~Client() { close(); }
  Client(const Client&) = delete;

  // Sends what the kernel takes and returns how much that was.
  size_t write(const std::string& bytes) {
    ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<size_t>(sent);
  }

  // Receives what is there; `ended` and `broken` tell of the stream.
  void read() {
    char bytes[65536];
    for (;;) {
      ssize_t got = recv(fd_, bytes, sizeof bytes, 0);
      if (got > 0) received.append(bytes, static_cast<size_t>(got));
      if (got == 0) ended = true;
      if (got < 0 && errno != EAGAIN) broken = errno;
      if (got <= 0) return;
    }
  }

  void shut() { shutdown(fd_, SHUT_WR); }
  void reset() {
    linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  std::string received;
  bool ended = false;
  int broken = 0;

 private:
  int fd_ = -1;
};

inline int open_descriptors() {
  int count = 0;
  for (int fd = 0; fd < 1024; fd++) count += fcntl(fd, F_GETFD) >= 0;
  return count;
}

inline std::string pattern(size_t length) {
  std::string bytes(length, '\0');
  for (size_t i = 0; i < length; i++) bytes[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return bytes;
}

}  // namespace world
