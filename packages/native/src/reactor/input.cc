// From readiness to DATA records, and back from what the handler consumed to what is kept.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "reactor/reactor.h"
#include "sys/sockets.h"
#include "sys/syscalls.h"

namespace shiny::reactor {

bool Reactor::may_deliver(const Connection& connection) const {
  return !connection.held && !connection.closing && !(connection.above && connection.listener->options.hold_above);
}

// Receives, retrying after signals. 0: the peer ended its side. -1: nothing now, or the connection died.
long Reactor::receive(Connection& connection, uint8_t* bytes, size_t length) {
  for (;;) {
    ssize_t got = sys::syscalls.recv(connection.fd, bytes, length, 0);
    if (got > 0) vital(connection, kLastRead) = now_;
    if (got >= 0) return got;
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) die(connection, errno);
    return -1;
  }
}

// Whether it is known that nothing more has arrived: not when something came, nor when the arena had no room for it.
bool Reactor::read(Connection& connection, uint32_t readiness) {
  if (connection.closing) {
    discard(connection);
    return true;
  }
  if (connection.in_turn) return false;
  if (!may_deliver(connection) || connection.ended) {
    // A reset must be told although input is held back. A mere end of the stream can wait.
    int error = readiness & kBroken ? sys::take_error(connection.fd) : 0;
    if (error != 0) {
      die(connection, error);
      return true;
    }
    // Most connections whose peer has ended are closed in this very turn: not worth a call to the backend.
    if (connection.ended && !connection.end_again)
      connection.end_again = true;
    else
      refresh_interest(connection);
    return connection.ended;
  }
  if (connection.backlog) return false;  // what is kept is delivered first, in the next turn
  const InputStore& input = connection.input;
  bool collects = input.large() || input.size() < connection.needed || input.size() > InputStore::kSmallLimit;
  if (collects) return read_into_store(connection);
  return read_into_arena(connection, (readiness & (kPeerEnded | kBroken)) != 0);
}

bool Reactor::read_into_arena(Connection& connection, bool peer_ended) {
  uint32_t kept = connection.input.size();
  uint32_t room = arena_room();
  // Not enough left in the arena for a read that is worth its cost: the backend reports the socket again next turn.
  if (room < kept + 4096) {
    no_room_ = true;
    return false;
  }
  uint8_t* base = bridge_.input + arena_used_;
  if (kept > 0) std::memcpy(base, connection.input.bytes(), kept);
  size_t wanted = std::min(room - kept, kReadSize);
  long got = receive(connection, base + kept, wanted);
  if (got < 0) return true;
  auto total = kept + static_cast<uint32_t>(got);
  bool ended = got == 0;
  if (!ended && peer_ended && static_cast<size_t>(got) < wanted && total < room) {
    long more = receive(connection, base + total, std::min<size_t>(room - total, kReadSize));
    if (more > 0) total += static_cast<uint32_t>(more);
    ended = more == 0;
  }
  if (ended) connection.ended = connection.end_due = true;
  if (total == kept) {
    deliver_end(connection);
    return true;
  }
  if (ended) make_due(connection);
  deliver(connection, bridge_.input, arena_used_, arena_used_ + total, false);
  arena_used_ += total;
  return false;
}

bool Reactor::read_into_store(Connection& connection) {
  uint32_t wanted = kReadSize;
  if (connection.needed > connection.input.size()) {
    // The frame's length is known: read up to its end, but take memory only as bytes arrive.
    wanted = std::clamp(connection.needed - connection.input.size(), 4096u, 16 * kReadSize);
  }
  if (!connection.input.reserve(connection.input.large() ? kReadSize : wanted, connection.slot, handler_)) {
    die(connection, ENOMEM);
    return true;
  }
  long got = receive(connection, connection.input.tail(), std::min(connection.input.room(), wanted));
  if (got < 0) return true;
  if (got == 0) {
    connection.ended = true;
    connection.end_due = true;
    make_due(connection);
    return true;
  }
  connection.input.grew(static_cast<uint32_t>(got));
  note_kept(connection, false);
  if (connection.input.size() >= connection.needed) deliver_stored(connection);
  return false;
}

void Reactor::deliver_stored(Connection& connection) {
  uint32_t size = connection.input.size();
  if (!connection.input.large()) {
    if (arena_room() < size) {
      connection.backlog = true;
      make_due(connection);
      return;
    }
    if (size > 0) std::memcpy(bridge_.input + arena_used_, connection.input.bytes(), size);
    deliver(connection, bridge_.input, arena_used_, arena_used_ + size, false);
    arena_used_ += size;
    return;
  }
  deliver(connection, connection.input.bytes(), 0, size, true);
}

void Reactor::deliver(Connection& connection, uint8_t* base, uint32_t start, uint32_t end, bool own_memory) {
  framing::Outcome outcome{end};
  uint32_t frame_at = frames_used_;
  const framing::Plan* plan = connection.plan;
  if (plan != nullptr) {
    framing::Table table{bridge_.frames, bridge_.frame_words, frames_used_};
    outcome = plan->frame(connection.framing, base, start, end, table);
    frames_used_ = table.count;
    connection.needed = outcome.need;
    connection.backlog = outcome.full;
    // Part of a frame is no news for the handler.
    if (outcome.end == start && outcome.reason == 0 && !outcome.full) {
      keep_rest(connection, start, end, own_memory);
      note_kept(connection, false);
      return;
    }
  }
  connection.more = false;
  Record* record = add_record(RecordKind::kData, connection.slot);
  record->start = static_cast<int32_t>(start);
  record->end = static_cast<int32_t>(end);
  record->frame_at = static_cast<int32_t>(frame_at);
  record->frame_until = static_cast<int32_t>(frames_used_);
  record->framed_end = static_cast<int32_t>(outcome.end);
  record->flags = (own_memory ? kOwnMemory : 0) | (plan != nullptr ? kFramed : 0);
  record->reason = outcome.reason;
  record->detail = outcome.detail;
  record->consumed = static_cast<int32_t>(plan != nullptr ? outcome.end : start);
  connection.in_turn = true;
}

void Reactor::deliver_end(Connection& connection) {
  uint32_t size = connection.input.size();
  bool own_memory = connection.input.large();
  if (!own_memory && arena_room() < size) {
    make_due(connection);
    return;
  }
  connection.end_due = false;
  connection.end_told = true;
  Record* record = add_record(RecordKind::kEnd, connection.slot);
  if (own_memory) {
    record->flags = kOwnMemory;
    record->end = static_cast<int32_t>(size);
    return;
  }
  if (size > 0) std::memcpy(bridge_.input + arena_used_, connection.input.bytes(), size);
  record->start = static_cast<int32_t>(arena_used_);
  record->end = static_cast<int32_t>(arena_used_ + size);
  arena_used_ += size;
}

// The handler closed the connection: what the peer still sends is read and dropped, so that the kernel does not answer
// it with a reset, which would take from the peer what was sent to it.
void Reactor::discard(Connection& connection) {
  // What is dropped takes nothing of what a turn may read, only a place to receive it in.
  size_t room = std::min(bridge_.input_size - arena_used_, kReadSize);
  if (room == 0) no_room_ = true;
  for (int i = 0; i < 4 && room > 0; i++) {
    long got = receive(connection, bridge_.input + arena_used_, room);
    if (got < 0) return;
    if (got > 0) continue;
    connection.ended = true;
    if (connection.lingering)
      die(connection, 0);
    else
      refresh_interest(connection);
    return;
  }
}

// What was framed for another plan means nothing to the new one. Within its turn a connection keeps its bytes in the record.
void Reactor::reframe(Connection& connection, int32_t number, bool drop) {
  connection.plan = plan(number);
  connection.framing.reset();
  connection.needed = 0;
  bool shown = connection.in_turn || connection.end_told;
  connection.reframed = shown;
  // A second change in the same turn does not bring back what the first dropped.
  connection.dropping = shown && (drop || connection.dropping);
  if (!shown && drop) {
    connection.input.clear(connection.slot, handler_);
    note_kept(connection, false);
  }
  connection.backlog = connection.in_turn || connection.input.size() > 0;
  if (connection.backlog || connection.end_due) make_due(connection);
}

void Reactor::settle() {
  for (uint32_t i = 0; i < record_count_; i++) {
    const Record& record = bridge_.records[i];
    if (record.kind == RecordKind::kData) settle_record(record);
    if (record.kind == RecordKind::kEnd) settle_end(record);
  }
}

// The handler may hold back messages, and the end with them.
void Reactor::settle_end(const Record& record) {
  Connection& connection = slots_.at(record.slot);
  bool reframed = connection.reframed;
  bool dropping = connection.dropping;
  bool held = record.needed == kStoppedEarly;
  connection.end_told = connection.reframed = connection.dropping = false;
  if (connection.dead || connection.closing || !(held || dropping)) return;
  int32_t consumed = dropping ? record.end : record.consumed;
  keep_rest(connection, static_cast<uint32_t>(consumed), static_cast<uint32_t>(record.end),
            (record.flags & kOwnMemory) != 0);
  note_kept(connection, consumed > record.start);
  connection.backlog = reframed && connection.input.size() > 0;
  if (!held) return;
  connection.end_due = true;
  make_due(connection);
}

void Reactor::settle_record(const Record& record) {
  Connection& connection = slots_.at(record.slot);
  connection.in_turn = false;
  if (connection.dead || connection.closing) return;
  bool framed = (record.flags & kFramed) != 0;
  bool stopped_early = record.needed <= kStoppedEarly || (framed && record.consumed != record.framed_end);
  if (!framed && record.needed > 0) connection.needed = static_cast<uint32_t>(record.needed);
  if (!framed && record.needed <= 0) connection.needed = 0;
  if (stopped_early) {
    connection.framing.reset();
    connection.needed = 0;
    connection.backlog = true;
    connection.more = record.needed == kMoreWithoutBytes;
  }
  if (connection.reframed) {
    connection.needed = 0;
    connection.backlog = true;
  }
  int32_t consumed = connection.dropping ? record.end : record.consumed;
  connection.reframed = connection.dropping = false;
  keep_rest(connection, static_cast<uint32_t>(consumed), static_cast<uint32_t>(record.end),
            (record.flags & kOwnMemory) != 0);
  note_kept(connection, consumed > record.start);
  if (connection.backlog || connection.end_due || connection.idle_due) make_due(connection);
}

// What is kept has changed; `progressed` when it now begins with another frame than before.
void Reactor::note_kept(Connection& connection, bool progressed) {
  uint32_t size = connection.input.size();
  double& since = vital(connection, kFrameSince);
  if (size == 0)
    since = 0;
  else if (progressed || since == 0)
    since = now_;
  vital(connection, kBuffered) = size;
}

// Keeps the bytes that no message was made of: [consumed, end) of the arena, or of the connection's own buffer.
void Reactor::keep_rest(Connection& connection, uint32_t consumed, uint32_t end, bool own_memory) {
  if (own_memory)
    connection.input.consume(consumed, connection.slot, handler_);
  else if (consumed == end)
    connection.input.clear(connection.slot, handler_);
  else if (!connection.input.assign(bridge_.input + consumed, end - consumed))
    die(connection, ENOMEM);
}

}  // namespace shiny::reactor
