// What the model is told, and what it makes of it.
#include <algorithm>

#include "model.h"

namespace shiny::fuzz {

using reactor::Operation;
using reactor::Record;
using reactor::RecordKind;

void Model::handle_turn() {
  auto count = static_cast<size_t>(control_[reactor::kRecordCount]);
  for (size_t i = 0; i < count; i++) {
    handle(records_[i]);
    if (choices_.once_in(2)) act(true);
  }
  act(true);
  told();
}

void Model::handle(Record& record) {
  if (record.kind == RecordKind::kAcceptFailed) return;
  if (record.kind == RecordKind::kOpen) return opened(record);
  auto found = known_.find(record.slot);
  if (found == known_.end()) violated("nothing is told of a connection that is not open");
  Known& known = found->second;
  if (record.kind == RecordKind::kClose) return close(known, record);
  if (!known.announced) violated("OPEN comes first");
  if (record.kind == RecordKind::kData) return data(known, record);
  if (record.kind == RecordKind::kEnd) return end(known, record);
  if (record.kind == RecordKind::kIdle && known.asked_idle == 0) violated("IDLE comes when it was asked for");
  if (record.kind == RecordKind::kIdle) known.asked_idle--;
}

void Model::opened(const Record& record) {
  bool accepted = record.start >= 0;
  auto found = known_.find(record.slot);
  if (found == known_.end() && !accepted) violated("a client is known before it is open");
  if (found != known_.end() && found->second.announced) violated("OPEN comes once");
  Known& known = known_[record.slot];
  known.announced = true;
  if (found == known_.end()) known.socket = kernel_.find(reactor_->descriptor(record.slot));
  const auto* listener = accepted ? reactor_->listener(record.start) : nullptr;
  if (accepted && listener == nullptr) violated("a listener outlives its connections");
  if (choices_.once_in(8) && known.lives()) detach(record.slot, known);
}

const uint8_t* Model::memory(const Record& record) {
  if ((record.flags & reactor::kOwnMemory) == 0) {
    if (record.end > static_cast<int32_t>(input_.size())) violated("records stay inside the arena");
    return input_.data();
  }
  if (inputs_.count(record.slot) == 0) violated("a buffer is there as long as it is spoken of");
  return inputs_[record.slot].back().get();
}

void Model::data(Known& known, Record& record) {
  if (known.holding == 2) violated("nothing is delivered to whom holds");
  if (known.ended && !known.reframed) violated("nothing is delivered behind the end");
  if (record.end < record.start || (record.end == record.start && !known.more))
    violated("there is data in DATA, unless more was said to be left");
  known.more = false;
  if (known.socket == nullptr) return;  // closed in this very turn: there is no telling which it was
  known.socket->vain = 0;
  auto length = static_cast<size_t>(record.end - record.start);
  if (known.consumed + length > known.socket->taken) violated("no more is delivered than has arrived");
  if (!is_pattern(known.socket->input(), known.consumed, memory(record) + record.start, length))
    violated("bytes are delivered in order, and none is left out");
  // Closed by an earlier record of this turn: as JavaScript, it looks at nothing any more.
  if (!known.lives()) return;
  if ((record.flags & reactor::kFramed) != 0)
    consume_frames(known, record);
  else
    consume(record);
  known.consumed += static_cast<uint64_t>(record.consumed - record.start);
  if (record.needed == reactor::kStoppedEarly && (record.flags & reactor::kFramed) == 0 && choices_.once_in(4)) {
    record.needed = reactor::kMoreWithoutBytes;
    known.more = true;
  }
  if (record.needed <= reactor::kStoppedEarly && !choices_.once_in(8) && known.holding == 0) {
    command(Operation::kHold, record.slot);
    known.holding = 1;
  }
}

void Model::consume(Record& record) {
  auto length = static_cast<size_t>(record.end - record.start);
  size_t rest = choices_.once_in(2) ? choices_.below(length + 1) : 0;
  record.consumed = record.end - static_cast<int32_t>(rest);
  if (rest == 0 || calm_) return;
  if (choices_.once_in(3)) record.needed = reactor::kStoppedEarly;
  if (choices_.once_in(3)) record.needed = static_cast<int32_t>(rest + choices_.size(1 << 20));
}

// Some of the frames, or all.
void Model::consume_frames(Known& known, Record& record) {
  if (record.framed_end < record.start || record.framed_end > record.end) violated("frames lie in the data");
  record.consumed = record.framed_end;
  if (record.frame_until < record.frame_at || record.frame_until > static_cast<int32_t>(frames_.size()))
    violated("frames lie in the table");
  int32_t first_end = record.frame_until > record.frame_at ? frames_[static_cast<size_t>(record.frame_at)] : -1;
  if (first_end >= 0 && (first_end <= record.start || first_end > record.framed_end)) violated("a frame has an end");
  if (record.reason != 0) {
    known.closed = true;
    return command(Operation::kClose, record.slot);
  }
  if (calm_ || first_end < 0 || !choices_.once_in(3)) return;
  record.consumed = choices_.once_in(2) ? first_end : record.start;
  record.needed = reactor::kStoppedEarly;
}

void Model::end(Known& known, Record& record) {
  if (known.holding == 2) violated("the end is not told to whom holds");
  if (known.ended) violated("the end is told once");
  if (known.socket == nullptr) return;
  known.ended = true;
  if (!known.lives()) return;
  auto length = static_cast<size_t>(record.end - record.start);
  if (!known.socket->end_taken || known.socket->taken != known.socket->arrived)
    violated("the end is told when the peer has ended, and all is read");
  if (known.consumed + length != known.socket->taken) violated("the end shows all that is left");
  if (length > 0 && !is_pattern(known.socket->input(), known.consumed, memory(record) + record.start, length))
    violated("what the end shows is what is left");
  if (calm_ || !choices_.once_in(4)) return;
  // Held back, and wanted once more.
  size_t used = choices_.below(length + 1);
  known.consumed += used;
  known.ended = false;
  record.consumed = record.start + static_cast<int32_t>(used);
  record.needed = reactor::kStoppedEarly;
  if (known.holding == 0) command(Operation::kHold, record.slot);
  known.holding = std::max(known.holding, 1);
}

void Model::close(Known& known, const Record& record) {
  if (!known.announced && known.socket == nullptr) violated("OPEN comes before CLOSE");
  if (record.start == 0 && known.lives()) violated("what ends by itself has a reason");
  bool graceful = known.closed && !known.destroyed && known.announced && known.socket != nullptr && !known.socket->hurt;
  if (graceful && known.socket->accepted != known.handed) violated("all output leaves before a connection closes");
  if (known.socket != nullptr && known.socket->open && !known.detached) violated("the socket of a CLOSE is closed");
  if (known.socket != nullptr && !known.detached &&
      sent_[static_cast<size_t>(record.slot)] != static_cast<double>(known.socket->accepted))
    violated("what is counted as sent is what was sent");
  known_.erase(record.slot);
}

}  // namespace shiny::fuzz
