// What the model does to the reactor: anything that a handler may do.
#include <algorithm>

#include "model.h"

namespace shiny::fuzz {

using reactor::Operation;

void Model::act(bool handling) {
  if (calm_) return;
  for (size_t acts = choices_.below(4); acts > 0 && !known_.empty(); acts--) {
    auto one = std::next(known_.begin(), static_cast<long>(choices_.below(known_.size())));
    act_on(one->first, one->second, handling);
  }
}

void Model::act_on(int32_t slot, Known& known, bool handling) {
  if (known.detached || (!known.announced && known.socket == nullptr)) return;
  size_t what = choices_.below(32);
  if (what < 10) return send(slot, known, choices_.size(kPatternSize));
  if (what < 12) return send_large(slot, known, choices_.size(SIZE_MAX));
  if (what == 12 && !handling) return flush();
  if (what == 12) return choices_.once_in(2) ? reactor_->flush_output() : reactor_->flush();
  if (static_cast<size_t>(control_[reactor::kCommandCount]) + 8 > commands_.size()) return;
  if (what < 16 && known.lives() && known.holding == 0) {
    known.holding = 1;
    command(Operation::kHold, slot);
  } else if (what < 22 && known.lives() && known.holding != 0) {
    known.holding = 0;
    command(Operation::kRelease, slot);
  } else if (what == 22 && known.lives()) {
    known.asked_idle++;
    command(Operation::kDrainInput, slot);
  } else if (what == 23 && known.lives() && known.announced && !known.half_closed) {
    known.half_closed = true;
    command(Operation::kHalfClose, slot);
  } else if (what == 24 && known.lives() && !known.reframing) {
    known.reframed = known.reframing = true;
    known.dropping = choices_.once_in(2);
    command(Operation::kReframe, slot, static_cast<int32_t>(choices_.below(4)) - 1, known.dropping ? 1 : 0);
  } else if (what == 25) {
    auto high = static_cast<int32_t>(choices_.size(1 << 20));
    command(Operation::kSetWater, slot, high, high / 2);
  } else if (what == 26 && choices_.once_in(2)) {
    known.destroyed = true;
    command(Operation::kDestroy, slot, choices_.once_in(2) ? 1 : 0);
  } else if (what < 29 && known.lives()) {
    known.closed = true;
    command(Operation::kClose, slot);
  }
}

// Into the arena, whose records are written in order before anything else is.
void Model::send(int32_t slot, Known& known, size_t length) {
  if (!known.sends()) return;
  if (output_table_[0] == 0) output_used_ = 0;
  bool full = reactor::kOutputFirst + 3 * static_cast<size_t>(output_table_[0] + 1) > output_table_.size();
  if (full || output_used_ + length > output_.size()) {
    reactor_->flush_output();
    output_used_ = 0;
  }
  uint32_t stream = known.socket != nullptr ? known.socket->output() : 0;
  write_pattern(stream, known.handed, output_.data() + output_used_, length);
  auto* record = &output_table_[reactor::kOutputFirst + 3 * static_cast<size_t>(output_table_[0]++)];
  record[0] = slot;
  record[1] = static_cast<int32_t>(output_used_);
  output_used_ += length;
  record[2] = static_cast<int32_t>(output_used_);
  known.handed += length;
}

void Model::send_large(int32_t slot, Known& known, size_t length) {
  if (!known.sends()) return;
  reactor_->flush_output();
  std::vector<uint8_t> bytes(length);
  write_pattern(known.socket != nullptr ? known.socket->output() : 0, known.handed, bytes.data(), length);
  known.handed += length;
  reactor_->send_large(slot, bytes.data(), length);
}

void Model::command(Operation operation, int32_t slot, int32_t a, int32_t b) {
  auto count = static_cast<size_t>(control_[reactor::kCommandCount]++);
  if (count >= commands_.size()) violated("the model keeps its commands few");
  commands_[count] = {operation, slot, a, b};
}

void Model::flush() {
  reactor_->flush();
  told();
}

// The reactor has carried out all commands, or does so before it does anything else.
void Model::told() {
  for (auto& [slot, known] : known_) {
    if (known.holding == 1) known.holding = 2;
    if (known.dropping && known.socket != nullptr) known.consumed = known.socket->taken;
    known.dropping = known.reframing = false;
  }
}

void Model::detach(int32_t slot, Known& known) {
  if (known.consumed > 0 || known.handed > 0) return;
  int fd = reactor_->detach(slot);
  if (fd < 0) return;
  known.detached = true;
  handed_over_.push_back(fd);
}

}  // namespace shiny::fuzz
