#include "model.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "framing/plans.h"

namespace shiny::fuzz {
namespace {

using reactor::Operation;
using reactor::Record;
using reactor::RecordKind;

// Small, so that all tables are full at times. The arena must hold what is kept small of one connection, and a read.
constexpr size_t kInput = 224 * 1024;
constexpr size_t kOutput = 96 * 1024;
constexpr size_t kRecords = 24;
constexpr size_t kCommands = 2048;
constexpr size_t kOutputs = 32;
constexpr size_t kFrames = 40;
constexpr size_t kSlots = 512;
constexpr uint64_t kMostTurns = 3000;
constexpr uint64_t kReadInTurn =
    1024;  // at least, of what has arrived: the table of frames is small, and lines are short

}  // namespace

Model::Model(Choices& choices)
    : choices_(choices),
      kernel_(choices),
      control_(reactor::kControlWords),
      output_table_(reactor::kOutputFirst + 3 * kOutputs),
      frames_(kFrames),
      records_(kRecords),
      commands_(kCommands),
      input_(kInput),
      output_(kOutput),
      sent_(kSlots),
      vitals_(reactor::kVitals * kSlots) {
  reactor::Bridge bridge;
  bridge.control = control_.data();
  bridge.records = records_.data();
  bridge.record_capacity = kRecords;
  bridge.commands = commands_.data();
  bridge.output_table = output_table_.data();
  bridge.input = input_.data();
  bridge.input_size = kInput;
  bridge.output = output_.data();
  bridge.frames = frames_.data();
  bridge.frame_words = kFrames;
  bridge.sent = sent_.data();
  bridge.vitals = vitals_.data();
  bridge.slots = kSlots;
  reactor_ = std::make_unique<reactor::Reactor>(reactor::make_backend(), bridge, *this);
  framing::Description lines;
  lines.kind = "line";
  lines.max_length = 2000;
  reactor_->add_plan(framing::make_plan(lines));
  lines.max_length = 1 << 20;
  reactor_->add_plan(framing::make_plan(lines));
  framing::Description raw;
  raw.kind = "bytes";
  plans_ = reactor_->add_plan(framing::make_plan(raw)) + 1;
  abrupt_ = choices_.once_in(4);
  listen();
}

Model::~Model() {
  for (int fd : handed_over_) sys::syscalls.close(fd);
  reactor_.reset();
  if (kernel_.open_descriptors() != 0) violated("every descriptor is closed when the reactor goes");
}

void Model::listen() {
  reactor::ListenerOptions options;
  options.plan = reactor_->plan(static_cast<int32_t>(choices_.below(static_cast<size_t>(plans_) + 1)) - 1);
  options.high_water = static_cast<uint32_t>(choices_.size(SIZE_MAX));
  options.low_water = options.high_water / 2;
  options.hold_above = !choices_.once_in(4);
  if (group_ < 0) group_ = reactor_->add_group(options);
  int index = reactor_->add_listener(kernel_.new_listener(), options, {});
  if (index >= 0) listeners_.push_back(index);
}

void Model::connect() {
  bool connected = false;
  int fd = kernel_.new_client(&connected);
  MockSocket* socket = kernel_.find(fd);
  int slot = reactor_->add_client(fd, connected, {});
  if (slot < 0) return;
  if (known_.count(slot) > 0) violated("a slot has one owner");
  known_[slot].socket = socket;
}

void Model::run() {
  while (!choices_.exhausted()) play_turn();
  if (abrupt_) return;
  settle_accounts();
  finish_connections();
}

void Model::play_turn() {
  switch (choices_.below(12)) {
    case 1:
      connect();
      break;
    case 2:
      if (listeners_.size() < 4) listen();
      break;
    case 3:
      if (!listeners_.empty() && choices_.once_in(4)) {
        reactor_->close_listener(listeners_.back());
        listeners_.pop_back();
      }
      break;
    case 4:
      for (int fd : std::exchange(handed_over_, {})) reactor_->adopt(fd, group_);
      break;
    case 5:
      act(false);
      flush();
      break;
    case 6:
      control_[reactor::kTurnWanted] = 1;
      break;
    default:
      break;
  }
  reactor_->turn(static_cast<int>(choices_.below(50)));
}

uint64_t Model::unread() const {
  uint64_t bytes = 0;
  for (auto& [slot, known] : known_)
    if (known.socket != nullptr) bytes += known.socket->arrived - known.consumed;
  return bytes;
}

template <typename Done>
void Model::turn_until(const char* rule, Done done) {
  uint64_t left = unread();
  for (int turns = 0; !done(); turns++) {
    if (turns == kMostTurns) violated(rule);
    uint64_t before = std::exchange(left, unread());
    if (left < before) turns = 0;
    int deadline = reactor_->next_deadline();
    reactor_->turn(deadline < 0 ? 100 : deadline);
  }
}

// With a quiet kernel and peers that have all ended, every connection that is not closed is told of the end: none was forgotten.
void Model::settle_accounts() {
  kernel_.calm_down();
  calm_ = true;
  for (int fd : std::exchange(handed_over_, {})) reactor_->adopt(fd, group_);
  for (auto& [slot, known] : known_)
    if (known.holding != 0 && known.lives()) command(Operation::kRelease, slot), known.holding = 0;
  flush();
  turn_until("every connection is told of its end", [this] {
    return std::all_of(known_.begin(), known_.end(), [](auto& one) { return one.second.ended || !one.second.lives(); });
  });
  turn_until("nobody is left in the backlog",
             [this] { return known_.size() > kSlots - 64 || !kernel_.anybody_waits(); });
  turn_until("what is due is done at some time", [this] { return !reactor_->has_due_work(); });
}

// Those too who waited in the backlog until there were slots for them.
void Model::finish_connections() {
  turn_until("every connection that is closed ends", [this] {
    for (auto& [slot, known] : known_)
      if (known.lives()) command(Operation::kClose, slot), known.closed = true;
    flush();
    return known_.empty();
  });
}

uint8_t* Model::allocate_input(int32_t slot, uint32_t capacity) {
  if (!calm_ && choices_.mishap()) {
    if (known_.count(slot) > 0 && known_[slot].socket != nullptr) known_[slot].socket->hurt = true;
    return nullptr;
  }
  auto& buffers = inputs_[slot];
  buffers.push_back(std::make_unique<uint8_t[]>(capacity));
  return buffers.back().get();
}

void Model::release_input(int32_t slot) { inputs_.erase(slot); }

int run_kernel(const uint8_t* bytes, size_t size) {
  Choices choices(bytes, size);
  Model model(choices);
  model.run();
  return 0;
}

}  // namespace shiny::fuzz
