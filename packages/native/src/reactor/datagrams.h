// The UDP sockets of a reactor, by index.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "reactor/backend.h"
#include "reactor/datagram_socket.h"

namespace shiny::reactor {

class Datagrams {
 public:
  // Where the sockets' tokens begin: their bit, which no other token has, over their index.
  static constexpr uint64_t kTokenBit = uint64_t{1} << 62;

  explicit Datagrams(Backend& backend) : backend_(backend) {}

  // Takes a bound descriptor over and returns the socket's index, or a negative errno (the descriptor is closed then).
  int add(int fd, const DatagramBridge& bridge, const DatagramMarks& marks);
  // Closes at once; what is queued is dropped. Also from inside the handler.
  void close(int32_t index);
  DatagramSocket* find(int32_t index);

  void ready(uint64_t token, uint32_t readiness);
  bool due() const;
  // The sockets in turn; null for one that is closed.
  size_t size() const { return sockets_.size(); }
  // Sends what the handler left.
  void flush();
  // A new turn: an index that was closed before may have a new owner.
  void begin_turn();

 private:
  Backend& backend_;
  std::vector<std::unique_ptr<DatagramSocket>> sockets_;
  std::vector<int32_t> free_;
  std::vector<int32_t> closed_;  // in this turn, of which records may still tell
};

}  // namespace shiny::reactor
