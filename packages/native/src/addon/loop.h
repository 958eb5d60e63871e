// The reactor's place in libuv's loop. libuv and the reactor each have a descriptor to wait on, and only one can wait.
//
//   nested     libuv waits, and watches the reactor's descriptor as one of its own. A turn costs libuv's wait, the
//              reactor's wait and libuv's bookkeeping. It costs nothing while idle, and libuv's idle time is right.
//   lingering  the reactor waits, and watches libuv's descriptor as one of its own. From a prepare handle, just before
//              libuv would wait, turn follows turn until libuv has something to do: its descriptor is ready, a timer is due,
//              setImmediate or a new watcher is queued, the loop was stopped. One wait a turn.
//
// The design `kAdaptive` lingers while one turn follows another within a millisecond, and else nests. Lingering waits last a
// millisecond at most, since libuv counts them as busy time (eventLoopUtilization) and since the timer of a bounded
// wait has its price, only until the load has proved to be sustained.
#pragma once

#include <uv.h>

#include "reactor/reactor.h"

namespace shiny::addon {

enum class LoopDesign { kAdaptive, kNested };

// What the loop drives.
class LoopClient {
 public:
  virtual ~LoopClient() = default;
  // Runs one turn; returns 0 when nothing happened.
  virtual int run_turn(int timeout_ms) = 0;
  // Sends what was left between turns.
  virtual void flush() = 0;
  // No more turns may be run.
  virtual bool stopped() const = 0;
};

class Loop {
 public:
  Loop(uv_loop_t* loop, reactor::Reactor& reactor, LoopClient& client, LoopDesign design);

  // Null when libuv refuses.
  bool start();
  // Keeps the process alive, or lets it end.
  void set_referenced(bool referenced);
  // Stops at once, and calls `closed` with `data` when libuv has let go of all handles. Then the loop is freed.
  void close(void (*closed)(void* data), void* data);

 private:
  enum class Mode { kNested, kLingering };

  static void on_prepare(uv_prepare_t* handle);
  static void on_readable(uv_poll_t* handle, int status, int events);
  static void on_timer(uv_timer_t* handle);
  static void on_closed(uv_handle_t* handle);

  void prepare();
  void linger();
  bool begin_lingering();
  void begin_nesting();
  void arm_timer();
  bool just_turned() const;
  // How long a wait may be that is no idleness.
  int idle_ms() const;
  void keep_turning(bool on);

  uv_loop_t* loop_;
  reactor::Reactor& reactor_;
  LoopClient& client_;
  LoopDesign design_;
  Mode mode_ = Mode::kNested;
  int quick_turns_ = 0;     // in a row, each within a millisecond of the one before
  uint64_t last_turn_ = 0;  // ms
  bool in_turn_ = false;
  bool closing_ = false;
  uv_prepare_t prepare_;
  uv_poll_t poll_;
  uv_timer_t timer_;
  uv_idle_t idle_;
  int open_handles_ = 0;
  void (*closed_)(void*) = nullptr;
  void* closed_data_ = nullptr;
};

}  // namespace shiny::addon
