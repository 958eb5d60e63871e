// Receiving, sending, waiting and closing when the system refuses, is slow, or does half of it.
#include "fault_world.h"

using namespace world;
using faults::Plan;

namespace {

// The connection of that call ends, once and with the reason; others do not notice.
void an_error_ends_that_connection_once(const std::string& function, const char* name, int number) {
  World world;
  echoes(world);
  Client other(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  Client client(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 2; }));
  int32_t slot = world.opened[1];
  {
    Plan plan(function + ":" + name + ":at=1");
    client.write("x");
    CHECK(world.turn_until([&] { return world.seen[slot].closed; }));
  }
  CHECK_EQ(world.seen[slot].error, number);
  CHECK_EQ(world.seen[slot].ends, 0);
  other.write("still here");
  CHECK(receives(world, other, "still here"));
}

void nothing_is_lost(const char* faults) {
  World world;
  echoes(world);
  Plan plan(faults);
  Client client(world);
  const std::string message = pattern(3000);
  client.write(message);
  for (int i = 0; i < 20'000 && client.received.size() < message.size(); i++) {
    world.reactor->turn(1);
    client.read();
  }
  CHECK(client.received == message);
  client.shut();
  CHECK(world.turn_until([&] { return world.seen[0].closed; }));
  CHECK_EQ(world.seen[0].error, 0);
  CHECK_EQ(world.sent(0), 3000.0);
}

// Two connections whose outputs alternate, more ranges than one call takes.
void gathered_output_keeps_its_order(const char* faults) {
  World world;
  Client first(world), second(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 2; }));
  Plan plan(faults);
  std::string expected[2];
  for (int i = 0; i < 80; i++) {
    for (int side = 0; side < 2; side++) {
      std::string part = std::to_string(i) + (side == 0 ? "," : ";");
      world.send(world.opened[static_cast<size_t>(side)], part);
      expected[side] += part;
    }
  }
  CHECK(receives(world, first, expected[0]));
  CHECK(receives(world, second, expected[1]));
}

void output_that_cannot_be_waited_for_ends_the_connection() {
  World world;
  const std::string big = pattern(900'000);
  world.on_data = [&](int32_t slot, const std::string& bytes, Record&) {
    for (int i = 0; i < 10; i++)
      world.reactor->send_large(slot, reinterpret_cast<const uint8_t*>(big.data()), big.size());
    return bytes.size();
  };
  Client client(world, 4096);
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  Plan plan("epoll_ctl:ENOMEM:at=1");
  client.write("go");
  CHECK(world.turn_until([&] { return world.seen[0].closed; }));
  CHECK_EQ(world.seen[0].error, ENOMEM);
}

void a_connection_that_dies_while_its_output_leaves_is_not_touched_again() {
  World world(nullptr, 4096);
  Client client(world, 4096);
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  const std::string big = pattern(4'000'000);
  world.reactor->send_large(0, reinterpret_cast<const uint8_t*>(big.data()), big.size());
  world.command(Operation::kHalfClose, 0);
  world.reactor->flush();
  world.turn();
  Plan plan("epoll_ctl:ENOMEM:every=1");
  for (int i = 0; i < 3000 && !world.seen[0].closed; i++) {
    client.read();
    world.reactor->turn(1);
  }
  CHECK_EQ(world.seen[0].error, ENOMEM);
  CHECK_EQ(faults::calls("shutdown"), 0);
}

void closing_goes_on_when_its_calls_fail(const char* faults) {
  int before = open_descriptors();
  {
    World world;
    echoes(world);
    Plan plan(faults);
    Client client(world);
    client.write("bye");
    CHECK(receives(world, client, "bye"));
    world.command(Operation::kClose, 0);
    world.reactor->flush();
    client.close();
    CHECK(world.turn_until([&] { return world.seen[0].closed; }));
    CHECK_EQ(world.seen[0].error, 0);
  }
  CHECK_EQ(open_descriptors(), before);
}

// ---- a hang-up cannot be masked

void a_paused_connection_whose_peer_is_gone_does_not_spin() {
  World world;
  world.on_open = [&](int32_t slot) { world.command(Operation::kHold, slot); };
  int peer;
  int32_t slot = adopt_pair(world, &peer);
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  CHECK(write(peer, "unread", 6) == 6);
  close(peer);
  CHECK(is_quiet(world));
  CHECK(!world.seen[slot].closed);
  world.command(Operation::kRelease, slot);
  CHECK(world.turn_until([&] { return world.seen[slot].ends == 1; }));
  CHECK_EQ(world.seen[slot].received, "unread");
  CHECK(is_quiet(world));
  world.command(Operation::kClose, slot);
  CHECK(world.turn_until([&] { return world.seen[slot].closed; }));
}

void output_for_a_peer_that_is_gone_is_not_kept_for_ever() {
  World world;
  int peer;
  int32_t slot = adopt_pair(world, &peer);
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  const std::string big = pattern(4'000'000);
  world.reactor->send_large(slot, reinterpret_cast<const uint8_t*>(big.data()), big.size());
  close(peer);
  Plan plan("send:EAGAIN:at=1");
  CHECK(world.turn_until([&] { return world.seen[slot].closed; }));
  CHECK(world.seen[slot].error == EPIPE || world.seen[slot].error == ECONNRESET);
}

void a_half_open_connection_whose_sides_are_both_ended_does_not_spin() {
  World world;
  Client client(world);
  client.shut();
  CHECK(world.turn_until([&] { return world.opened.size() == 1 && world.seen[0].ends == 1; }));
  world.command(Operation::kHalfClose, 0);
  world.reactor->flush();
  CHECK(is_quiet(world));
  CHECK(!world.seen[0].closed);
  world.command(Operation::kClose, 0);
  CHECK(world.turn_until([&] { return world.seen[0].closed; }));
}

void more_input_does_not_wake_whom_stopped_early() {
  World world;
  world.on_data = [&](int32_t slot, const std::string&, Record& record) {
    world.command(Operation::kHold, slot);
    record.needed = reactor::kStoppedEarly;
    return size_t{1};
  };
  Client client(world);
  client.write("abc");
  CHECK(world.turn_until([&] { return world.seen[0].data_records == 1; }));
  client.write("def");
  CHECK(is_quiet(world));
  CHECK_EQ(world.seen[0].data_records, 1);
  for (int i = 2; i <= 6; i++) {
    world.command(Operation::kRelease, 0);
    CHECK(world.turn_until([&] { return world.seen[0].data_records == i; }));
  }
  CHECK_EQ(world.seen[0].received, "abcdef");
}

void a_peer_that_stops_reading_then_ends_then_resets_is_closed_once() {
  World world;
  const std::string big = pattern(900'000);
  world.on_data = [&](int32_t slot, const std::string& bytes, Record&) {
    for (int i = 0; i < 10; i++)
      world.reactor->send_large(slot, reinterpret_cast<const uint8_t*>(big.data()), big.size());
    return bytes.size();
  };
  Client client(world, 4096);
  client.write("go");
  CHECK(world.turn_until([&] { return world.seen[0].data_records == 1; }));
  client.write("more");
  client.shut();
  CHECK(is_quiet(world));
  client.reset();
  CHECK(world.turn_until([&] { return world.seen[0].closed; }));
  CHECK(world.seen[0].error != 0);
  CHECK(world.seen[0].ends <= 1);
  CHECK(is_quiet(world));
}

}  // namespace

int main() {
  an_error_ends_that_connection_once("recv", "ECONNRESET", ECONNRESET);
  an_error_ends_that_connection_once("recv", "ETIMEDOUT", ETIMEDOUT);
  an_error_ends_that_connection_once("recv", "EIO", EIO);
  for (auto [name, number] : {std::pair{"EPIPE", EPIPE},
                              {"ECONNRESET", ECONNRESET},
                              {"ENOBUFS", ENOBUFS},
                              {"EPROTOTYPE", EPROTOTYPE},
                              {"ETIMEDOUT", ETIMEDOUT}})
    an_error_ends_that_connection_once("send", name, number);
  for (const char* faults :
       {"all:EINTR:every=2", "recv:EAGAIN:every=2,send:EAGAIN:every=2", "recv:short=1:every=1", "send:short=1:every=1",
        "recv:short=3:every=2,send:short=2:every=3,all:EINTR:every=5", "shutdown:ENOTCONN:every=1"})
    nothing_is_lost(faults);
#if defined(__linux__)
  for (const char* faults : {"epoll_wait:EIO:every=2", "epoll_wait:none:every=2"}) nothing_is_lost(faults);
  output_that_cannot_be_waited_for_ends_the_connection();
  a_connection_that_dies_while_its_output_leaves_is_not_touched_again();
#endif
  for (const char* faults :
       {"sendmsg:short=1:every=1,send:short=3:every=1", "sendmsg:short=5:every=1,send:EAGAIN:every=2",
        "sendmsg:EAGAIN:every=1", "sendmsg:EINTR:every=2"})
    gathered_output_keeps_its_order(faults);
  for (const char* faults : {"shutdown:ENOTCONN:every=1", "close:EINTR:every=1", "close:EIO:every=1"})
    closing_goes_on_when_its_calls_fail(faults);
  a_paused_connection_whose_peer_is_gone_does_not_spin();
  output_for_a_peer_that_is_gone_is_not_kept_for_ever();
  a_half_open_connection_whose_sides_are_both_ended_does_not_spin();
  more_input_does_not_wake_whom_stopped_early();
  a_peer_that_stops_reading_then_ends_then_resets_is_closed_once();
  return check::finish();
}
