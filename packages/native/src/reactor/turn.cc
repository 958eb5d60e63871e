// One turn: waiting, dispatching readiness, and telling the handler.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "reactor/reactor.h"
#include "sys/clock.h"

namespace shiny::reactor {

int Reactor::turn(int timeout_ms) {
  if (has_due_work()) timeout_ms = 0;
  foreign_ready_ = false;
  record_count_ = arena_used_ = arena_passed_ = frames_used_ = 0;
  handled_ = 0;
  int count = backend_->wait(events_, kEventBatch, timeout_ms);
  now_ = sys::coarse_ms();
  if (accept_retry_ != 0 || !lingering_.empty()) {
    rearm_listeners();
    expire_lingering();
  }
  report_due();
  dispatch_all(count);
  if (datagrams_) report_datagrams();
  for (size_t i = 0; i < dead_.size() && !records_full();) {
    Connection& connection = slots_.at(dead_[i]);
    // Handed over and dead before anybody knew of it: its acceptor is told of both.
    if (connection.open_due && connection.listener->open)
      add_record(RecordKind::kOpen, connection.slot)->start = connection.listener->index;
    add_record(RecordKind::kClose, connection.slot)->start = connection.error;
    reported_.push_back(connection.slot);
    dead_[i] = dead_.back();
    dead_.pop_back();
  }
  if (record_count_ > 0 || bridge_.control[kTurnWanted] != 0) hand_over();
  return handled_;
}

// Tells the handler what has happened, and does what it answers. In a turn of many events more than once: the first replies leave while
// the last requests are read, and the memory that all of it goes through stays in the caches.
void Reactor::hand_over() {
  handled_ += std::max(1, static_cast<int>(record_count_));
  bridge_.control[kRecordCount] = static_cast<int32_t>(record_count_);
  bridge_.control[kTurnWanted] = 0;
  handler_.handle_turn();
  settle();
  flush();
  free_reported();
  arena_passed_ += arena_used_;
  record_count_ = arena_used_ = frames_used_ = 0;
}

bool Reactor::has_due_work() const {
  return !due_.empty() || !dead_.empty() || bridge_.control[kTurnWanted] != 0 || (datagrams_ && datagrams_->due());
}

int Reactor::next_deadline() const {
  if (has_due_work()) return 0;
  int64_t deadline = accept_retry_;
  if (!lingering_.empty()) deadline = deadline == 0 ? linger_until_ : std::min(deadline, linger_until_);
  if (deadline == 0) return -1;
  return static_cast<int>(std::clamp<int64_t>(deadline - sys::now_ms(), 0, 60'000));
}

Record* Reactor::add_record(RecordKind kind, int32_t slot) {
  Record* record = &bridge_.records[record_count_++];
  std::memset(record, 0, sizeof *record);
  record->kind = kind;
  record->slot = slot;
  return record;
}

// A backend may report the same connections in the same order for ever. Where the room of a turn did not suffice, the next one begins
// with the first who got none.
void Reactor::dispatch_all(int count) {
  int first = count > 0 && next_event_ > 0 ? next_event_ % count : 0;
  next_event_ = -1;
  for (int i = 0; i < count; i++) {
    int place = first + i < count ? first + i : first + i - count;
    no_room_ = false;
    dispatch(events_[place]);
    if (no_room_ && next_event_ < 0) next_event_ = place;
    if (record_count_ >= kShareRecords || arena_used_ >= kShareBytes) hand_over();
  }
}

void Reactor::dispatch(const Event& event) {
  if (event.token == kForeignToken) {
    foreign_ready_ = true;
    return;
  }
  if (event.token & kListenerBit) {
    no_room_ = records_full();
    auto index = static_cast<size_t>(event.token & ~kListenerBit);
    if (index < listeners_.size() && listeners_[index] && listeners_[index]->fd >= 0) accept_from(*listeners_[index]);
    return;
  }
  if (event.token & Datagrams::kTokenBit) {
    if (datagrams_) datagrams_->ready(event.token, event.readiness);
    return;
  }
  Connection* connection = find(event.token);
  // One that is not told of yet comes first in the next turn.
  if (connection == nullptr || connection->open_due) return;
  if (records_full()) {
    no_room_ = true;
    return;
  }
  if (connection->connecting) {
    connected(*connection);
    return;
  }
  if (event.readiness & kWriteReady) write_queue(*connection);
  if (connection->dead) return;
  if (event.readiness & (kReadReady | kPeerEnded | kBroken)) {
    read(*connection, event.readiness);
  }
  // A hang-up cannot be masked: what is not read now must leave the backend, or the loop would spin.
  // Output that is left is offered once more, and that ends it.
  bool unread = (connection->ended || !may_deliver(*connection)) && connection->output.empty();
  if ((event.readiness & kBroken) && unread && !connection->closing && !connection->dead && connection->registered) {
    backend_->remove(connection->fd, connection->interest);
    connection->registered = false;
  }
}

// Null when the connection has died, or its slot has a new owner: an event of this batch may be about either.
Connection* Reactor::find(uint64_t token) {
  Connection* connection = slots_.find(static_cast<int32_t>(token & 0xffffffff));
  return connection == nullptr || connection->dead || this->token(*connection) != token ? nullptr : connection;
}

void Reactor::report_due() {
  if (due_.empty()) return;
  visiting_.swap(due_);
  size_t i = 0;
  // Those who have something due in every turn leave room for what the backend reports.
  for (; i < visiting_.size() && !half_full(); i++) {
    Connection& connection = slots_.at(visiting_[i]);
    connection.pending = false;
    if (connection.used && !connection.dead) visit_due(connection);
  }
  // Those whose turn did not come go first in the next one.
  due_.insert(due_.begin(), visiting_.begin() + static_cast<long>(i), visiting_.end());
  visiting_.clear();
}

void Reactor::visit_due(Connection& connection) {
  if (connection.open_due) {
    connection.open_due = false;
    add_record(RecordKind::kOpen, connection.slot)->start = connection.own ? -1 : connection.listener->index;
  }
  if (connection.connecting) return;
  if (connection.drain_due) {
    connection.drain_due = false;
    add_record(RecordKind::kDrain, connection.slot);
  }
  if (!may_deliver(connection)) return;
  if (connection.backlog) {
    connection.backlog = false;
    if (connection.input.size() > 0 || connection.more) deliver_stored(connection);
    if (connection.dead) return;
    if (connection.in_turn) {
      if (connection.end_due || connection.idle_due) make_due(connection);
      return;
    }
  }
  if (connection.idle_due && !connection.ended) {
    uint32_t before = record_count_;
    bool read_all = read(connection, kReadReady);
    if (connection.dead) return;
    if (!read_all || record_count_ != before) {
      make_due(connection);
      return;
    }
  }
  if (connection.end_due) deliver_end(connection);
  // The handler may hold the end back, and then not all is delivered yet.
  if (connection.end_told) {
    if (connection.idle_due) make_due(connection);
    return;
  }
  if (connection.idle_due) {
    connection.idle_due = false;
    add_record(RecordKind::kIdle, connection.slot);
  }
}

void Reactor::expire_lingering() {
  int64_t now = sys::now_ms();
  for (; !lingering_.empty(); lingering_.pop_front()) {
    Connection* connection = find(lingering_.front());
    if (connection == nullptr) continue;
    linger_until_ = connection->linger_until;
    if (linger_until_ > now) return;
    die(*connection, 0);
  }
}

void Reactor::free_reported() {
  for (int32_t slot : reported_) {
    Connection& connection = slots_.at(slot);
    connection.input.clear(slot, handler_);
    Listener* listener = connection.listener;
    slots_.free(connection);
    listener->connections--;
    free_listener_if_unused(listener->index);
  }
  reported_.clear();
}

}  // namespace shiny::reactor
