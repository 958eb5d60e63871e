// A UDP socket of a reactor, with a handler in C++ in place of JavaScript, and peers on loopback: what datagram_test.cc plays with.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "check.h"
#include "reactor/datagram_address.h"
#include "reactor/reactor.h"
#include "sys/address.h"
#include "sys/datagram.h"
#include "sys/sockets.h"

namespace world {

using namespace shiny;
using reactor::Record;
using reactor::RecordKind;
using reactor::WireAddress;

constexpr uint32_t kBatch = 8;
constexpr uint32_t kLongest = 2000;
constexpr uint32_t kStride = 2048;
constexpr uint32_t kFailures = 4;

struct Failure {
  int error;
  WireAddress to;
};

class DatagramWorld final : public reactor::Handler {
 public:
  explicit DatagramWorld(reactor::DatagramMarks marks = {}, const char* host = "127.0.0.1")
      : control_(reactor::kControlWords),
        records_(64),
        commands_(64),
        output_table_(64),
        tcp_input_(4096),
        tcp_output_(4096),
        frames_(64),
        sent_(1024),
        vitals_(1024 * reactor::kVitals),
        input_(kBatch * kStride),
        received_(kBatch),
        failures_(kFailures),
        output_(1 << 18),
        outgoing_(reactor::kOutgoingFirst + 256 * reactor::kOutgoingWords),
        facts(reactor::kDatagramFacts) {
    reactor::Bridge bridge;
    bridge.control = control_.data();
    bridge.records = records_.data();
    bridge.record_capacity = 64;
    bridge.commands = commands_.data();
    bridge.output_table = output_table_.data();
    bridge.input = tcp_input_.data();
    bridge.input_size = 4096;
    bridge.output = tcp_output_.data();
    bridge.frames = frames_.data();
    bridge.frame_words = 64;
    bridge.sent = sent_.data();
    bridge.vitals = vitals_.data();
    bridge.slots = 1024;
    reactor = std::make_unique<reactor::Reactor>(reactor::make_backend(), bridge, *this);
    sys::SocketAddress address;
    int length = sys::ip_address(host, 0, &address);
    int fd = sys::bind_datagram(address, length, {});
    index = reactor->datagrams().add(fd, memory(), marks);
    CHECK(index >= 0);
    port = socket()->address().port;
    socket()->start();
  }

  reactor::DatagramSocket* socket() { return reactor->datagrams().find(index); }

  reactor::DatagramBridge memory() {
    reactor::DatagramBridge bridge;
    bridge.input = input_.data();
    bridge.stride = kStride;
    bridge.longest = kLongest;
    bridge.received = received_.data();
    bridge.batch = kBatch;
    bridge.failures = failures_.data();
    bridge.failure_capacity = kFailures;
    bridge.output = output_.data();
    bridge.outgoing = outgoing_.data();
    bridge.facts = facts.data();
    return bridge;
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
    for (int i = 0; i < times; i++) {
      reactor->flush();
      reactor->turn(0);
    }
  }

  void send(const std::string& bytes, const WireAddress& to) {
    if (outgoing_[0] == 0) used_ = 0;
    std::memcpy(output_.data() + used_, bytes.data(), bytes.size());
    auto start = static_cast<int32_t>(used_);
    used_ += bytes.size();
    reactor::OutgoingDatagram entry{start, static_cast<int32_t>(used_), to};
    std::memcpy(&outgoing_[reactor::kOutgoingFirst + static_cast<size_t>(outgoing_[0]++) * reactor::kOutgoingWords],
                &entry, sizeof entry);
  }

  double fact(reactor::DatagramFact fact) const { return facts[fact]; }

  // What the handler does with a datagram; by default it is only noted.
  std::function<void(const std::string& bytes, const WireAddress& from)> on_message = [](const std::string&,
                                                                                         const WireAddress&) {};

  // ---- Handler

  void handle_turn() override {
    turns++;
    auto count = static_cast<size_t>(control_[reactor::kRecordCount]);
    for (size_t i = 0; i < count; i++)
      if (records_[i].kind == RecordKind::kDatagrams && records_[i].slot == index) handle(records_[i]);
  }

  uint8_t* allocate_input(int32_t, uint32_t) override { return nullptr; }
  void release_input(int32_t) override {}

  std::unique_ptr<reactor::Reactor> reactor;
  int32_t index = -1;
  int port = 0;
  int turns = 0;
  int batches = 0;
  int largest_batch = 0;
  int drains = 0;
  int finishes = 0;
  int broken = 0;
  int too_long = 0;
  std::vector<std::string> messages;
  std::vector<Failure> told;

 private:
  void handle(const Record& record) {
    for (int i = 0; i < record.end; i++) told.push_back({failures_[i].error, failures_[i].to});
    if (record.start > 0) batches++;
    if (record.start > largest_batch) largest_batch = record.start;
    for (int i = 0; i < record.start; i++) {
      const reactor::ReceivedDatagram& datagram = received_[static_cast<size_t>(i)];
      if (datagram.length < 0) {
        too_long++;
        continue;
      }
      messages.emplace_back(reinterpret_cast<char*>(input_.data() + static_cast<size_t>(i) * kStride),
                            static_cast<size_t>(datagram.length));
      on_message(messages.back(), datagram.from);
    }
    if (record.flags & reactor::kDatagramDrained) drains++;
    if (record.flags & reactor::kDatagramFinished) finishes++;
    if (record.flags & reactor::kDatagramBroken) broken = record.reason;
  }

  std::vector<int32_t> control_;
  std::vector<Record> records_;
  std::vector<reactor::Command> commands_;
  std::vector<int32_t> output_table_;
  std::vector<uint8_t> tcp_input_, tcp_output_;
  std::vector<int32_t> frames_;
  std::vector<double> sent_, vitals_;
  std::vector<uint8_t> input_;
  std::vector<reactor::ReceivedDatagram> received_;
  std::vector<reactor::FailedDatagram> failures_;
  std::vector<uint8_t> output_;
  std::vector<int32_t> outgoing_;
  size_t used_ = 0;

 public:
  std::vector<double> facts;
};

// Somebody else's UDP socket.
class Peer {
 public:
  explicit Peer(const DatagramWorld& world) : Peer(world.port) {}
  explicit Peer(int port) {
    sys::ip_address("127.0.0.1", port, &server_);
    fd_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sys::SocketAddress own;
    int length = sys::ip_address("127.0.0.1", 0, &own);
    ::bind(fd_, &own.any, static_cast<socklen_t>(length));
    sys::local_address(fd_, &address);
    reactor::to_wire(address, &wire);
  }
  ~Peer() { close(fd_); }

  void send(const std::string& bytes) { ::sendto(fd_, bytes.data(), bytes.size(), 0, &server_.any, sizeof server_.v4); }

  // The next datagram, or "(none)" after a second.
  std::string receive() {
    pollfd ready{fd_, POLLIN, 0};
    if (poll(&ready, 1, 1000) != 1) return "(none)";
    char bytes[65536];
    ssize_t got = ::recv(fd_, bytes, sizeof bytes, 0);
    return got < 0 ? "(failed)" : std::string(bytes, static_cast<size_t>(got));
  }

  sys::PeerAddress address;
  WireAddress wire;

 private:
  int fd_;
  sys::SocketAddress server_;
};

}  // namespace world
