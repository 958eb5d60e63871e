// What tests of failing system calls share: a server that echoes, and whether the reactor would wake without any need.
#pragma once

#include <cerrno>
#include <string>

#include "faults.h"
#include "reactor_world.h"

namespace world {

inline void echoes(World& world) {
  world.on_data = [&world](int32_t slot, const std::string& bytes, Record&) {
    world.send(slot, bytes);
    return bytes.size();
  };
  world.on_end = [&world](int32_t slot) { world.command(Operation::kClose, slot); };
}

inline bool receives(World& world, Client& client, const std::string& expected) {
  bool there = world.turn_until([&] {
    client.read();
    return client.received.size() >= expected.size();
  });
  return there && client.received == expected;
}

// Nothing is reported again that nobody can do anything about.
inline bool is_quiet(World& world) {
  world.turn(5);
  Event events[8];
  return world.reactor->backend().wait(events, 8, 0) == 0;
}

// The reactor's end of a pair of Unix sockets, and the other one.
inline int32_t adopt_pair(World& world, int* peer) {
  int ends[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
  *peer = ends[1];
  return world.reactor->adopt(ends[0], world.reactor->add_group({}));
}

}  // namespace world
