// The other side of the reactor in a fuzzer's hands: a handler that does anything a handler may do, and knows what must
// come of it. It keeps to the rules that JavaScript keeps to, and finds a violation in everything that it is told wrongly.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "mock_kernel.h"
#include "reactor/reactor.h"

namespace shiny::fuzz {

class Model final : public reactor::Handler {
 public:
  explicit Model(Choices& choices);
  ~Model() override;

  // Plays to the end of the bytes and then, with a quiet kernel, to the end of every connection.
  void run();

  void handle_turn() override;
  uint8_t* allocate_input(int32_t slot, uint32_t capacity) override;
  void release_input(int32_t slot) override;

 private:
  // A connection as its handler knows it.
  struct Known {
    MockSocket* socket = nullptr;  // null: closed in the turn that told of it
    bool announced = false;        // its OPEN was seen
    uint64_t consumed = 0;
    uint64_t handed = 0;  // bytes given to be sent
    int holding = 0;      // 2: the reactor has been told
    bool ended = false;
    bool more = false;  // it said that it has messages left which need no bytes
    bool reframed = false;
    bool reframing = false;  // the reactor has not been told yet
    bool dropping = false;   // and what is not consumed then is dropped
    int asked_idle = 0;
    bool half_closed = false;
    bool closed = false;
    bool destroyed = false;
    bool detached = false;

    bool sends() const { return !half_closed && !closed && !destroyed && !detached; }
    bool lives() const { return !closed && !destroyed && !detached; }
  };

  void listen();
  void connect();
  void play_turn();
  void settle_accounts();
  void finish_connections();
  uint64_t unread() const;
  template <typename Done>
  void turn_until(const char* rule, Done done);

  void handle(reactor::Record& record);
  void opened(const reactor::Record& record);
  void data(Known& known, reactor::Record& record);
  void consume(reactor::Record& record);
  void consume_frames(Known& known, reactor::Record& record);
  void end(Known& known, reactor::Record& record);
  void close(Known& known, const reactor::Record& record);
  const uint8_t* memory(const reactor::Record& record);

  void act(bool handling);
  void act_on(int32_t slot, Known& known, bool handling);
  void send(int32_t slot, Known& known, size_t length);
  void send_large(int32_t slot, Known& known, size_t length);
  void command(reactor::Operation operation, int32_t slot, int32_t a = 0, int32_t b = 0);
  void flush();
  void told();
  void detach(int32_t slot, Known& known);

  Choices& choices_;
  MockKernel kernel_;
  std::unique_ptr<reactor::Reactor> reactor_;
  std::map<int32_t, Known> known_;
  std::map<int32_t, std::vector<std::unique_ptr<uint8_t[]>>> inputs_;
  std::vector<int> handed_over_;  // descriptors that were detached
  std::vector<int32_t> listeners_;
  int32_t group_ = -1;
  int32_t plans_ = 0;
  bool calm_ = false;
  bool abrupt_ = false;  // the reactor goes in the middle of the game
  size_t output_used_ = 0;
  std::vector<int32_t> control_, output_table_, frames_;
  std::vector<reactor::Record> records_;
  std::vector<reactor::Command> commands_;
  std::vector<uint8_t> input_, output_;
  std::vector<double> sent_, vitals_;
};

// Plays one game. Returns 0, or ends the program when a rule is broken.
int run_kernel(const uint8_t* bytes, size_t size);

}  // namespace shiny::fuzz
