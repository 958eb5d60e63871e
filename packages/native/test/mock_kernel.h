// A kernel of state machines behind the table of system calls: what each call answers, what the peers do and how time
// passes is decided by a fuzzer's bytes. It watches over the rules of descriptors: each is closed once, and none is used
// after that or waited for without getting on. One at a time, in one thread.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "choices.h"
#include "mock_socket.h"
#include "sys/syscalls.h"

namespace shiny::fuzz {

class MockKernel {
 public:
  explicit MockKernel(Choices& choices);  // takes the table over
  ~MockKernel();                          // gives it back

  // The stream behind an open descriptor; null when there is none.
  MockSocket* find(int fd);
  size_t open_descriptors() const { return open_.size(); }
  int64_t now_ms() const { return now_us_ / 1000; }

  // Whether a peer has connected to an open listener and was not accepted.
  bool anybody_waits() const;

  int new_listener();
  int new_client(bool* connected);

  // From now on nothing misbehaves and the peers do all they can: they read, and end.
  void calm_down() { calm_ = true; }

 private:
  friend struct MockCalls;
  static constexpr int kMostInVain = 30;
  static constexpr int kServedInTurn = 4;  // a turn has room for so many at least, whoever else has something due

  int add(Kind kind);
  MockSocket& use(int fd, Kind kind, const char* rule);
  int fails(std::initializer_list<int> errors);  // an errno that this call is to fail with, or 0
  void let_peers_act();
  void act(MockSocket& socket);

  Choices& choices_;
  sys::Syscalls real_;
  std::vector<std::unique_ptr<MockSocket>> all_;
  std::map<int, MockSocket*> open_;
  int64_t now_us_ = 1'000'000'000;
  bool calm_ = false;
};

}  // namespace shiny::fuzz
