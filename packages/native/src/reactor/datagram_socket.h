// One UDP socket: receives a batch a turn into the shared memory, sends what the handler left there, and queues what the system does
// not take yet. No datagram's failure ends it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "reactor/backend.h"
#include "reactor/bridge.h"
#include "reactor/datagram_bridge.h"
#include "sys/address.h"
#include "sys/syscalls.h"

namespace shiny::reactor {

class DatagramSocket {
 public:
  // Takes the descriptor over.
  DatagramSocket(int fd, Backend& backend, const DatagramBridge& bridge, const DatagramMarks& marks);
  ~DatagramSocket();
  DatagramSocket(const DatagramSocket&) = delete;
  DatagramSocket& operator=(const DatagramSocket&) = delete;

  // Lets the backend report the socket under `token`. A negative errno where it refuses.
  int watch(uint64_t token);
  // Begins to receive.
  void start();
  void ready(uint32_t readiness);
  // Whether a turn is due although the socket is not ready.
  bool due() const;
  // Fills the record of this turn; false when there is nothing to tell.
  bool tell(Record* record);
  // Sends what is in the table.
  void flush();
  // Receives what has arrived and then nothing more; the record that tells of the empty queue says so.
  void finish();

  int descriptor() const { return fd_; }
  sys::NamedAddress address() const { return sys::name_address(&local_.any, sizeof local_); }

 private:
  struct Queued {
    std::unique_ptr<uint8_t[]> bytes;
    uint32_t length;
    WireAddress to;
  };

  void receive();
  bool receive_failed(int error);
  void take(uint32_t count);
  void collect_reports();
  template <typename At>
  uint32_t send(uint32_t count, At at);
  void queue(const OutgoingDatagram& datagram);
  void send_queue();
  void judge_water();
  void failed(int error, const WireAddress& to);
  void refresh_interest();
  void break_off(int error);
  OutgoingDatagram* outgoing() { return reinterpret_cast<OutgoingDatagram*>(bridge_.outgoing + kOutgoingFirst); }

  int fd_;
  Backend& backend_;
  DatagramBridge bridge_;
  DatagramMarks marks_;
  uint64_t token_ = 0;
  sys::PeerAddress local_;
  uint32_t interest_ = kNothing;
  uint32_t received_ = 0;  // entries that no record has told of
  uint32_t failures_ = 0;
  uint32_t receive_errors_ = 0;  // in a row
  int broken_ = 0;               // errno
  bool reading_ = false;
  bool finishing_ = false;
  bool finish_due_ = false;
  bool above_ = false;
  bool drain_due_ = false;
  std::deque<Queued> queue_;
  // What recvmmsg is told: set up once, the lengths anew for each call.
  std::vector<sys::DatagramHeader> headers_;
  std::vector<iovec> ranges_;
  std::vector<sys::PeerAddress> peers_;
};

}  // namespace shiny::reactor
