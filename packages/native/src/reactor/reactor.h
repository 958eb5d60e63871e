// The engine: one turn of the loop, over all listeners and connections of a thread.
//
//   wait ─▶ accept, read, frame ─▶ the handler ─▶ settle input ─▶ commands ─▶ one gathered write each ─▶ free the dead
//
// It owns the sockets. It does not own the shared memory (bridge.h), and it knows nothing of what messages mean. One
// thread uses it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "framing/framing.h"
#include "reactor/backend.h"
#include "reactor/bridge.h"
#include "reactor/datagrams.h"
#include "reactor/handler.h"
#include "reactor/listener.h"
#include "reactor/slots.h"

namespace shiny::reactor {

class Reactor {
 public:
  Reactor(std::unique_ptr<Backend> backend, const Bridge& bridge, Handler& handler);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  Backend& backend() { return *backend_; }

  // Takes a listening descriptor over, and the file that was made for it. Returns the listener's index, or a negative errno (the
  // descriptor is closed then).
  int add_listener(int fd, ListenerOptions options, sys::UnixFile file);
  // Whether one of the listeners has this descriptor.
  bool listens_with(int fd) const;
  // A listener without a socket, for connections that are handed over. Returns its index.
  int add_group(ListenerOptions options);
  void close_listener(int32_t index);
  const Listener* listener(int32_t index) const;
  // Keeps a plan for as long as the reactor lives and returns its number.
  int add_plan(std::unique_ptr<const framing::Plan> plan);
  const framing::Plan* plan(int32_t number) const;

  // These take a descriptor over and return the slot of the connection that it becomes, or a negative errno (the descriptor is
  // closed then). One that is still connecting is reported as open, or as closed, when the peer has answered.
  int add_client(int fd, bool connected, ListenerOptions options);
  int adopt(int fd, int32_t listener);
  // Gives a connection's descriptor away, before anything was read from it or written to it; -1 when there is none to give. May be
  // called from inside the handler.
  int detach(int32_t slot);

  // The two ends of a connection, also of one whose end is just being reported.
  sys::NamedAddress remote_address(int32_t slot);
  sys::NamedAddress local_address(int32_t slot);
  // Of the process at the other end of a Unix socket; unknown for others.
  sys::Credentials credentials(int32_t slot);

  // The UDP sockets, made at first use. Their `close` and their sockets' `flush` and `finish` may be called from inside the handler.
  Datagrams& datagrams();

  // Waits for at most `timeout_ms` (-1: no limit; less when something is due) and handles what happened. Returns how many
  // records the handler was given, in one call or in several; 0 when it was not called.
  int turn(int timeout_ms);

  // Carries out the commands and writes the output that the handler left between turns.
  void flush();
  // Writes the output now, from inside the handler: its arena is full.
  void flush_output();
  // Sends a message that did not fit the arena. From inside the handler, or between turns.
  void send_large(int32_t slot, const uint8_t* bytes, size_t length);

  uint32_t connections() const { return slots_.in_use(); }

  // Whether the next turn would have something to do without waiting.
  bool has_due_work() const;
  // Milliseconds until something is due, or -1.
  int next_deadline() const;

  // Another loop's descriptor, so that a wait ends when that loop has something to do.
  int watch_foreign(int fd);
  int unwatch_foreign(int fd);
  // Whether the last wait ended because of it.
  bool foreign_ready() const { return foreign_ready_; }

  // A connection's descriptor, for questions to the system; -1 when it has none any more.
  int descriptor(int32_t slot);

 private:
  static constexpr int kEventBatch = 256;
  static constexpr int kAcceptBatch = 64;
  static constexpr uint32_t kReadSize = 64 * 1024;
  // What the handler is given at once, about: with so much a call costs nothing beside the rest.
  static constexpr uint32_t kShareRecords = 32;
  static constexpr uint32_t kShareBytes = 128 * 1024;
  static constexpr int64_t kLingerMs = 2000;
  static constexpr int64_t kAcceptRetryMs = 100;
  static constexpr uint64_t kForeignToken = ~uint64_t{0};
  static constexpr uint64_t kListenerBit = uint64_t{1} << 63;

  // Bit 63: a listener's index; bit 62: a UDP socket's; else 30 bits of generation over 32 of slot.
  static uint64_t token(const Connection& connection) {
    return uint64_t{connection.generation & 0x3fffffffu} << 32 | static_cast<uint32_t>(connection.slot);
  }

  // turn.cc
  void dispatch_all(int count);
  void hand_over();
  void dispatch(const Event& event);
  void visit_due(Connection& connection);
  void report_due();
  void expire_lingering();
  Record* add_record(RecordKind kind, int32_t slot);
  Connection* find(uint64_t token);
  void free_reported();

  // arrival.cc
  void accept_from(Listener& listener);
  bool accept_one(Listener& listener);
  void accept_failed(Listener& listener, int error);
  void rearm_listeners();
  Connection* admit(int fd, Listener& listener, const sys::PeerAddress& peer);
  void connected(Connection& connection);
  Listener& place_listener(ListenerOptions options);

  // datagrams.cc
  void report_datagrams();

  // input.cc
  bool read(Connection& connection, uint32_t readiness);
  bool read_into_arena(Connection& connection, bool peer_ended);
  bool read_into_store(Connection& connection);
  void discard(Connection& connection);
  long receive(Connection& connection, uint8_t* bytes, size_t length);
  void deliver(Connection& connection, uint8_t* base, uint32_t start, uint32_t end, bool own_memory);
  void deliver_stored(Connection& connection);
  void deliver_end(Connection& connection);
  void settle();
  void settle_record(const Record& record);
  void settle_end(const Record& record);
  void reframe(Connection& connection, int32_t number, bool drop);
  void note_kept(Connection& connection, bool progressed);
  void keep_rest(Connection& connection, uint32_t consumed, uint32_t end, bool own_memory);
  bool may_deliver(const Connection& connection) const;
  // Whether half of what a turn has room for is used.
  bool half_full() const {
    return record_count_ >= bridge_.record_capacity / 2 || arena_used_ >= bridge_.input_size / 2 ||
           frames_used_ >= bridge_.frame_words / 2;
  }
  // A turn reads no more than the arena holds, however often the handler is called in it.
  uint32_t arena_room() const {
    uint32_t used = arena_used_ + arena_passed_;
    return used < bridge_.input_size ? bridge_.input_size - used : 0;
  }
  bool records_full() const { return record_count_ + 8 > bridge_.record_capacity; }

  // output.cc
  void carry_out_commands();
  void carry_out(const Command& command);
  void write_chain(Connection& connection, const OutputRecord* records);
  void write_gathered(Connection& connection, const OutputRecord* records, size_t total);
  void write_bytes(Connection& connection, const uint8_t* bytes, size_t length);
  void write_queue(Connection& connection);
  void queue_output(Connection& connection, const uint8_t* bytes, size_t length);
  void wrote(Connection& connection, size_t length);
  void judge_water(Connection& connection, size_t offered);
  void finish_close(Connection& connection);

  // life.cc
  void want(Connection& connection, uint32_t interest);
  void refresh_interest(Connection& connection);
  void make_due(Connection& connection);
  void end_stream(Connection& connection);
  void start_close(Connection& connection);
  void die(Connection& connection, int error);
  void free_listener_if_unused(int32_t index);
  double& vital(const Connection& connection, Vital word) {
    return bridge_.vitals[kVitals * static_cast<uint32_t>(connection.slot) + word];
  }

  std::unique_ptr<Backend> backend_;
  Bridge bridge_;
  Handler& handler_;
  Slots slots_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::unique_ptr<const framing::Plan>> plans_;
  std::vector<int32_t> due_;        // slots of connections that have something due
  std::vector<int32_t> visiting_;   // the same, while they are being visited
  std::vector<int32_t> dead_;       // closed sockets, not reported yet
  std::vector<int32_t> reported_;   // reported in this turn; freed after it
  std::deque<uint64_t> lingering_;  // tokens, in order of their deadlines; those that have died are passed over
  std::vector<uint32_t> next_output_;
  std::unique_ptr<Datagrams> datagrams_;  // null until the first UDP socket
  size_t next_datagrams_ = 0;
  uint32_t record_count_ = 0;
  uint32_t arena_used_ = 0;
  uint32_t frames_used_ = 0;
  uint32_t arena_passed_ = 0;  // what was used of it before, in this turn
  int handled_ = 0;            // records of this turn that the handler was given
  int64_t linger_until_ = 0;   // ms; of the first in `lingering_`, or of one before it
  int64_t accept_retry_ = 0;   // ms; 0: no listener is disarmed
  double now_ = 0;             // coarse ms; of this turn or flush
  bool foreign_ready_ = false;
  bool no_room_ = false;  // the event that is handled just now found no room in this turn
  int next_event_ = -1;   // where the next turn begins; -1: everybody had room
  Event events_[kEventBatch];
};

}  // namespace shiny::reactor
