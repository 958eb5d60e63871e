// Connections that come in otherwise than by accept, and what may change in the life of one.
#include <cerrno>
#include <string>

#include "reactor_world.h"

namespace {

using namespace world;
using reactor::kBuffered;
using reactor::kFrameSince;
using reactor::kLastRead;
using reactor::kLastWrite;

void echo(World& world) {
  world.on_data = [&world](int32_t slot, const std::string& bytes, Record&) {
    world.send(slot, bytes);
    return bytes.size();
  };
  world.on_end = [&world](int32_t slot) { world.command(Operation::kClose, slot); };
}

int connect_to(int port, bool* connected) {
  sys::SocketAddress address;
  int length = sys::ip_address("127.0.0.1", port, &address);
  return sys::connect_to(address, length, connected);
}

void a_client_is_reported_open_when_the_peer_has_answered() {
  World world;
  bool connected = false;
  int fd = connect_to(world.port, &connected);
  CHECK(fd >= 0);
  int slot = world.reactor->add_client(fd, connected, {});
  CHECK(slot >= 0);
  CHECK(world.turn_until([&] { return world.opened.size() == 2; }));
  CHECK_EQ(world.reactor->remote_address(slot).port, world.port);
  int32_t other = world.opened[0] == slot ? world.opened[1] : world.opened[0];
  world.on_data = [&](int32_t at, const std::string& bytes, Record&) {
    if (at == other) world.send(at, bytes);
    return bytes.size();
  };
  world.send(slot, "hello");
  CHECK(world.turn_until([&] { return world.seen[slot].received == "hello"; }));
  world.on_end = [&](int32_t at) { world.command(Operation::kClose, at); };
  world.command(Operation::kClose, slot);
  CHECK(world.turn_until([&] { return world.seen[slot].closed && world.seen[other].closed; }));
}

void output_of_a_client_that_still_connects_waits() {
  World world;
  echo(world);
  bool connected = false;
  int fd = connect_to(world.port, &connected);
  int slot = world.reactor->add_client(fd, false, {});
  world.send(slot, "early");
  world.reactor->flush();
  CHECK(world.turn_until(
      [&] { return world.seen[slot].received == "early" || world.seen[1 - slot].received == "early"; }));
}

void a_client_that_is_refused_is_closed_and_never_opened() {
  World world;
  World gone;
  int port = gone.port;
  gone.reactor->close_listener(gone.listener);
  bool connected = false;
  int fd = connect_to(port, &connected);
  if (fd < 0) {
    CHECK_EQ(fd, -ECONNREFUSED);
    return;
  }
  int slot = world.reactor->add_client(fd, connected, {});
  CHECK(world.turn_until([&] { return world.seen[slot].closed; }));
  CHECK_EQ(world.seen[slot].error, ECONNREFUSED);
  CHECK_EQ(world.opened.size(), size_t{0});
}

void closing_a_client_that_connects_closes_its_descriptor() {
  World world;
  int before = open_descriptors();
  bool connected = false;
  int slot = world.reactor->add_client(connect_to(world.port, &connected), false, {});
  world.command(Operation::kClose, slot);
  world.reactor->flush();
  world.turn(3);
  CHECK(world.seen[slot].closed);
  CHECK_EQ(world.seen[slot].error, 0);
  // The listener's side of it may still be open.
  CHECK(open_descriptors() <= before + 1);
}

void a_detached_connection_goes_on_in_another_reactor() {
  World first;
  World second;
  int fd = -1;
  first.on_open = [&](int32_t slot) { fd = first.reactor->detach(slot); };
  echo(second);
  Client client(first);
  client.write("before it was handed over");
  CHECK(first.turn_until([&] { return fd >= 0; }));
  first.turn(2);
  CHECK(first.seen[0].closed);
  CHECK_EQ(first.seen[0].data_records, 0);
  int group = second.reactor->add_group({});
  int slot = second.reactor->adopt(fd, group);
  CHECK(slot >= 0);
  CHECK(second.turn_until([&] {
    client.read();
    return client.received == "before it was handed over";
  }));
  CHECK_EQ(second.opened.size(), size_t{1});
  client.shut();
  CHECK(second.turn_until([&] { return second.seen[slot].closed; }));
  second.reactor->close_listener(group);
  CHECK(second.reactor->listener(group) == nullptr);
}

void an_adopted_connection_is_no_client_although_its_group_is_closed() {
  World first;
  World second;
  int fd = -1;
  first.on_open = [&](int32_t slot) { fd = first.reactor->detach(slot); };
  Client client(first);
  CHECK(first.turn_until([&] { return fd >= 0; }));
  int group = second.reactor->add_group({});
  CHECK(second.reactor->adopt(fd, group) >= 0);
  second.reactor->close_listener(group);
  CHECK(second.turn_until([&] { return second.opened.size() == 1; }));
  CHECK_EQ(second.came_by[0], group);
}

void adopting_for_a_listener_that_is_gone_closes_the_descriptor() {
  World world;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK_EQ(world.reactor->adopt(fd, 99), -EINVAL);
  CHECK_EQ(fcntl(fd, F_GETFD), -1);
}

void half_closing_sends_all_and_goes_on_receiving() {
  World world;
  std::string big = pattern(900'000);
  world.on_open = [&](int32_t slot) {
    world.send(slot, big);
    world.command(Operation::kHalfClose, slot);
  };
  Client client(world, 4096);
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  client.write("still talking");
  CHECK(world.turn_until([&] { return world.seen[0].received == "still talking"; }));
  for (int i = 0; i < 10'000 && !client.ended; i++) {
    client.read();
    world.turn();
  }
  CHECK(client.ended);
  CHECK(client.received == big);
  client.write(" and more");
  client.shut();
  CHECK(world.turn_until([&] { return world.seen[0].ends == 1; }));
  CHECK_EQ(world.seen[0].received, "still talking and more");
  CHECK(!world.seen[0].closed);
  world.command(Operation::kClose, 0);
  world.reactor->flush();
  CHECK(world.turn_until([&] { return world.seen[0].closed; }));
}

size_t one_byte_then_stop(World& world, int32_t slot, const std::string&, Record& record, int plan) {
  world.command(Operation::kReframe, slot, plan);
  record.needed = reactor::kStoppedEarly;
  return 1;
}

void reframing_frames_the_rest_of_the_same_read_by_the_new_plan() {
  World world;
  framing::Description description;
  description.kind = "line";
  int plan = world.reactor->add_plan(framing::make_plan(description));
  std::vector<int32_t> flags;
  std::vector<std::string> records;
  world.on_data = [&](int32_t slot, const std::string& bytes, Record& record) -> size_t {
    records.push_back(bytes);
    flags.push_back(record.flags);
    if (records.size() == 1) return one_byte_then_stop(world, slot, bytes, record, plan);
    return static_cast<size_t>(record.framed_end - record.start);
  };
  Client client(world);
  client.write("!one\ntw");
  CHECK(world.turn_until([&] { return records.size() == 2; }));
  CHECK_EQ(records[1], "one\ntw");
  CHECK(flags[0] == 0 && flags[1] == reactor::kFramed);
  client.write("o\n");
  CHECK(world.turn_until([&] { return world.seen[0].received == "!one\ntwo\n"; }));
}

void reframing_between_turns_looks_again_at_what_is_kept() {
  World world("line");
  Client client(world);
  client.write("no line end");
  CHECK(world.turn_until([&] { return world.vital(0, kBuffered) == 11; }));
  CHECK_EQ(world.seen[0].data_records, 0);
  world.command(Operation::kReframe, 0, -1);
  CHECK(world.turn_until([&] { return world.seen[0].received == "no line end"; }));
  CHECK_EQ(world.vital(0, kBuffered), 0.0);
}

void water_marks_can_change() {
  World world(nullptr, 1 << 20);
  Client client(world, 4096);
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  world.command(Operation::kSetWater, 0, 1000, 10);
  world.reactor->flush();
  std::string big = pattern(1'000'000);
  world.send(0, big);
  world.reactor->flush();
  for (int i = 0; i < 10'000 && client.received.size() < big.size(); i++) {
    client.read();
    world.turn();
  }
  CHECK(world.turn_until([&] { return world.seen[0].drains == 1; }));
}

void the_vitals_tell_since_when_a_frame_is_incomplete() {
  World world("line");
  world.on_data = [](int32_t, const std::string&, Record& record) {
    return static_cast<size_t>(record.framed_end - record.start);
  };
  Client client(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  CHECK_EQ(world.vital(0, kFrameSince), 0.0);
  double opened = world.vital(0, kLastRead);
  CHECK(opened > 0);
  usleep(20'000);
  client.write("par");
  CHECK(world.turn_until([&] { return world.vital(0, kFrameSince) > 0; }));
  double since = world.vital(0, kFrameSince);
  CHECK(since > opened);
  usleep(20'000);
  client.write("tial");
  CHECK(world.turn_until([&] { return world.vital(0, kBuffered) == 7; }));
  CHECK_EQ(world.vital(0, kFrameSince), since);
  CHECK(world.vital(0, kLastRead) > since);
  client.write("\nnext");
  CHECK(world.turn_until([&] { return world.vital(0, kBuffered) == 4; }));
  CHECK(world.vital(0, kFrameSince) > since);
  client.write("\n");
  CHECK(world.turn_until([&] { return world.vital(0, kBuffered) == 0; }));
  CHECK_EQ(world.vital(0, kFrameSince), 0.0);
}

void the_vitals_tell_when_output_last_moved() {
  World world;
  Client client(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  double opened = world.vital(0, kLastWrite);
  usleep(20'000);
  world.send(0, "x");
  world.reactor->flush();
  CHECK(world.vital(0, kLastWrite) > opened);
}

void a_frame_that_no_memory_is_left_for_ends_its_connection_alone() {
  World world;
  world.no_memory = true;
  world.on_data = [&](int32_t slot, const std::string& bytes, Record& record) -> size_t {
    if (slot == 1) return bytes.size();
    record.needed = 10'000'000;
    return 0;
  };
  Client big(world);
  Client other(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 2; }));
  for (int i = 0; i < 100 && !world.seen[0].closed; i++) {
    big.write(pattern(100'000));
    world.turn();
  }
  CHECK(world.seen[0].closed);
  CHECK_EQ(world.seen[0].error, ENOMEM);
  other.write("unhurt");
  CHECK(world.turn_until([&] { return world.seen[1].received == "unhurt"; }));
}

}  // namespace

int main() {
  a_client_is_reported_open_when_the_peer_has_answered();
  output_of_a_client_that_still_connects_waits();
  a_client_that_is_refused_is_closed_and_never_opened();
  closing_a_client_that_connects_closes_its_descriptor();
  a_detached_connection_goes_on_in_another_reactor();
  an_adopted_connection_is_no_client_although_its_group_is_closed();
  adopting_for_a_listener_that_is_gone_closes_the_descriptor();
  half_closing_sends_all_and_goes_on_receiving();
  reframing_frames_the_rest_of_the_same_read_by_the_new_plan();
  reframing_between_turns_looks_again_at_what_is_kept();
  water_marks_can_change();
  the_vitals_tell_since_when_a_frame_is_incomplete();
  the_vitals_tell_when_output_last_moved();
  a_frame_that_no_memory_is_left_for_ends_its_connection_alone();
  return check::finish();
}
