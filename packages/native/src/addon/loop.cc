#include "addon/loop.h"

#include <algorithm>

namespace shiny::addon {
namespace {

// A wait that is longer is idleness, and is left to libuv: so many milliseconds at least, and one more for so many connections. When
// one epoll set is put into another, Linux goes through all that the one watches: 0.15 ms for 5,000 connections, 1.2 ms for 19,000.
// That is not worth it for a rest that is not much longer.
constexpr int kIdleMs = 1;
constexpr uint32_t kConnectionsPerMs = 256;
constexpr int kMostIdleMs = 100;
// After so many quick turns in a row, waits are not bounded: to arm a timer for each costs a few percent.
constexpr int kSustainedTurns = 64;
// Then libuv gets its turn although it has announced nothing: it may have work that it announces to nobody, such as
// immediates that do not keep the process alive.
constexpr int kTurnsInARow = 256;

template <typename Handle>
uv_handle_t* as_handle(Handle* handle) {
  return reinterpret_cast<uv_handle_t*>(handle);
}

}  // namespace

Loop::Loop(uv_loop_t* loop, reactor::Reactor& reactor, LoopClient& client, LoopDesign design)
    : loop_(loop), reactor_(reactor), client_(client), design_(design) {}

bool Loop::start() {
  if (uv_poll_init(loop_, &poll_, reactor_.backend().descriptor()) != 0) return false;
  uv_prepare_init(loop_, &prepare_);
  uv_timer_init(loop_, &timer_);
  uv_idle_init(loop_, &idle_);
  prepare_.data = poll_.data = timer_.data = idle_.data = this;
  uv_unref(as_handle(&prepare_));
  uv_unref(as_handle(&poll_));
  uv_unref(as_handle(&timer_));
  uv_unref(as_handle(&idle_));
  open_handles_ = 4;
  uv_prepare_start(&prepare_, on_prepare);
  uv_poll_start(&poll_, UV_READABLE, on_readable);
  return true;
}

void Loop::set_referenced(bool referenced) {
  if (closing_) return;
  if (referenced)
    uv_ref(as_handle(&prepare_));
  else
    uv_unref(as_handle(&prepare_));
}

void Loop::close(void (*closed)(void* data), void* data) {
  closing_ = true;
  closed_ = closed;
  closed_data_ = data;
  if (mode_ == Mode::kLingering) reactor_.unwatch_foreign(uv_backend_fd(loop_));
  uv_close(as_handle(&poll_), on_closed);
  uv_close(as_handle(&prepare_), on_closed);
  uv_close(as_handle(&timer_), on_closed);
  uv_close(as_handle(&idle_), on_closed);
}

void Loop::on_closed(uv_handle_t* handle) {
  auto* self = static_cast<Loop*>(handle->data);
  if (--self->open_handles_ > 0) return;
  auto* closed = self->closed_;
  void* data = self->closed_data_;
  delete self;
  closed(data);
}

void Loop::on_prepare(uv_prepare_t* handle) { static_cast<Loop*>(handle->data)->prepare(); }

// The reactor's descriptor is ready: the turn itself comes with the next prepare, before libuv can wait again.
void Loop::on_readable(uv_poll_t* handle, int, int) {
  auto* self = static_cast<Loop*>(handle->data);
  if (self->in_turn_ || self->closing_) return;
  uv_update_time(self->loop_);
  if (!self->just_turned() || !self->begin_lingering()) self->keep_turning(true);
}

bool Loop::just_turned() const { return uv_now(loop_) - last_turn_ <= static_cast<uint64_t>(idle_ms()); }

int Loop::idle_ms() const {
  return std::min(kIdleMs + static_cast<int>(reactor_.connections() / kConnectionsPerMs), kMostIdleMs);
}

void Loop::on_timer(uv_timer_t* handle) {
  auto* self = static_cast<Loop*>(handle->data);
  if (!self->in_turn_ && !self->closing_) self->keep_turning(true);
}

void Loop::prepare() {
  // A handler may run libuv's loop inside its call; turns do not nest.
  if (in_turn_ || closing_ || client_.stopped()) return;
  in_turn_ = true;
  client_.flush();
  bool turning = uv_is_active(as_handle(&idle_)) != 0;
  keep_turning(false);
  if (mode_ == Mode::kNested && (turning || reactor_.has_due_work())) {
    client_.run_turn(0);
    uv_update_time(loop_);
    last_turn_ = uv_now(loop_);
    if (!client_.stopped() && reactor_.has_due_work()) keep_turning(true);
  }
  if (mode_ == Mode::kLingering) linger();
  if (mode_ == Mode::kNested && !client_.stopped()) arm_timer();
  in_turn_ = false;
}

void Loop::linger() {
  uv_update_time(loop_);
  for (int turns = 0; turns < kTurnsInARow; turns++) {
    int patience = uv_backend_timeout(loop_);  // 0: libuv has something to do
    int deadline = reactor_.next_deadline();
    int longest = idle_ms();
    int wait = quick_turns_ < kSustainedTurns ? longest : -1;
    if (patience >= 0 && (wait < 0 || patience < wait)) wait = patience;
    if (deadline >= 0 && (wait < 0 || deadline < wait)) wait = deadline;
    int happened = client_.run_turn(wait);
    if (client_.stopped()) return;
    last_turn_ = uv_now(loop_);
    uv_update_time(loop_);
    bool idle = !just_turned() || (happened == 0 && wait == longest);
    last_turn_ = uv_now(loop_);
    if (idle) {
      begin_nesting();
      if (!reactor_.has_due_work()) return;
      break;
    }
    quick_turns_++;
    if (patience == 0 || reactor_.foreign_ready()) break;
  }
  // libuv must come back without waiting: it does not watch the reactor, or the reactor has more to do.
  keep_turning(true);
}

// False in the nested design, or where the system does not let the one descriptor watch the other.
bool Loop::begin_lingering() {
  if (mode_ == Mode::kLingering) return true;
  if (design_ == LoopDesign::kNested) return false;
  uv_poll_stop(&poll_);  // first, for two descriptors may not watch each other
  if (reactor_.watch_foreign(uv_backend_fd(loop_)) != 0) {
    design_ = LoopDesign::kNested;
    uv_poll_start(&poll_, UV_READABLE, on_readable);
    return false;
  }
  mode_ = Mode::kLingering;
  quick_turns_ = 0;
  uv_timer_stop(&timer_);
  keep_turning(true);
  return true;
}

void Loop::begin_nesting() {
  reactor_.unwatch_foreign(uv_backend_fd(loop_));
  uv_poll_start(&poll_, UV_READABLE, on_readable);
  mode_ = Mode::kNested;
}

// While libuv waits, it must wake for what the reactor has due at a time of its own.
void Loop::arm_timer() {
  int deadline = reactor_.next_deadline();
  if (deadline < 0) {
    uv_timer_stop(&timer_);
    return;
  }
  uv_update_time(loop_);
  uv_timer_start(&timer_, on_timer, static_cast<uint64_t>(deadline), 0);
}

// An active idle handle keeps libuv from waiting.
void Loop::keep_turning(bool on) {
  if (on)
    uv_idle_start(&idle_, [](uv_idle_t*) {});
  else
    uv_idle_stop(&idle_);
}

}  // namespace shiny::addon
