// The reactor over real sockets, with a handler in C++, and with system calls that fail on demand.
#include <cerrno>
#include <cstring>

#include "reactor_world.h"
#include "sys/syscalls.h"

using namespace world;

namespace {

void echo(World& world) {
  world.on_data = [&world](int32_t slot, const std::string& bytes, Record&) {
    world.send(slot, bytes);
    return bytes.size();
  };
  world.on_end = [&world](int32_t slot) { world.command(Operation::kClose, slot); };
}

bool reads(World& world, Client& client, size_t length) {
  return world.turn_until([&] {
    client.read();
    return client.received.size() >= length;
  });
}

void echoes_and_closes_when_the_peer_ends() {
  World world;
  echo(world);
  Client client(world);
  client.write("hello");
  CHECK(reads(world, client, 5));
  CHECK_EQ(client.received, "hello");
  client.shut();
  CHECK(world.turn_until([&] { return world.seen[0].closed; }));
  CHECK_EQ(world.seen[0].ends, 1);
  CHECK_EQ(world.seen[0].error, 0);
  CHECK_EQ(world.sent(0), 5.0);
  client.read();
  CHECK(client.ended);
}

void data_and_end_in_one_packet_keep_their_order() {
  World world;
  echo(world);
  Client client(world);
  client.write("last words");
  client.shut();
  CHECK(world.turn_until([&] { return world.seen[0].closed; }));
  client.read();
  CHECK_EQ(client.received, "last words");
  CHECK(client.ended);
}

void what_is_not_consumed_comes_again_in_front() {
  World world;
  world.on_data = [](int32_t, const std::string& bytes, Record&) {
    return bytes.size() >= 6 ? bytes.size() : size_t{0};
  };
  Client client(world);
  client.write("abc");
  CHECK(world.turn_until([&] { return world.seen[0].data_records == 1; }));
  client.write("def");
  CHECK(world.turn_until([&] { return world.seen[0].received == "abcdef"; }));
}

void a_handler_that_needs_more_is_not_asked_before() {
  World world;
  world.on_data = [](int32_t, const std::string& bytes, Record& record) {
    if (bytes.size() < 100) record.needed = 100;
    return bytes.size() < 100 ? size_t{0} : bytes.size();
  };
  Client client(world);
  for (int i = 0; i < 10; i++) {
    client.write(pattern(10));
    world.turn(3);
  }
  CHECK(world.turn_until([&] { return world.seen[0].received.size() == 100; }));
  CHECK_EQ(world.seen[0].data_records, 2);
}

void stopping_early_brings_the_rest_when_released() {
  World world;
  world.on_data = [&world](int32_t slot, const std::string& bytes, Record& record) {
    world.command(Operation::kHold, slot);
    if (bytes.size() > 1) record.needed = reactor::kStoppedEarly;
    return size_t{1};
  };
  Client client(world);
  client.write("xyz");
  client.shut();
  for (int i = 0; i < 3; i++) {
    CHECK(world.turn_until([&] { return world.seen[0].data_records == i + 1; }));
    world.turn(5);
    CHECK_EQ(world.seen[0].data_records, i + 1);
    CHECK_EQ(world.seen[0].ends, 0);
    world.command(Operation::kRelease, 0);
    world.reactor->flush();
  }
  CHECK(world.turn_until([&] { return world.seen[0].ends == 1; }));
  CHECK_EQ(world.seen[0].received, "xyz");
  CHECK_EQ(world.seen[0].leftover, "");
}

void an_incomplete_frame_is_shown_with_the_end() {
  World world("line");
  world.on_data = [](int32_t, const std::string&, Record& record) {
    return static_cast<size_t>(record.framed_end - record.start);
  };
  Client client(world);
  client.write("one\ntwo\nthr");
  client.shut();
  CHECK(world.turn_until([&] { return world.seen[0].ends == 1; }));
  CHECK_EQ(world.seen[0].received, "one\ntwo\n");
  CHECK_EQ(world.seen[0].leftover, "thr");
}

void part_of_a_frame_is_no_news() {
  World world("line");
  world.on_data = [](int32_t, const std::string&, Record& record) {
    return static_cast<size_t>(record.framed_end - record.start);
  };
  Client client(world);
  std::string line = pattern(1000) + "\n";
  for (size_t i = 0; i < line.size(); i += 7) {
    client.write(line.substr(i, 7));
    world.turn(2);
  }
  CHECK(world.turn_until([&] { return world.seen[0].received == line; }));
  CHECK_EQ(world.seen[0].data_records, 1);
}

void many_that_linger_are_let_go_in_any_order() {
  World world;
  world.on_open = [&](int32_t slot) { world.command(Operation::kClose, slot); };
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 40; i++) clients.push_back(std::make_unique<Client>(world));
  CHECK(world.turn_until([&] { return world.opened.size() == 40; }));
  world.turn();
  for (size_t i = 1; i < 40; i += 2) clients[i]->close();
  world.turn(5);
  int left = 0;
  for (auto& [slot, seen] : world.seen) left += !seen.closed;
  CHECK_EQ(left, 20);
  CHECK(world.reactor->next_deadline() > 0);
  world.reactor->turn(2100);
  CHECK(world.turn_until([&] {
    for (auto& [slot, seen] : world.seen)
      if (!seen.closed) return false;
    return true;
  }));
  CHECK_EQ(world.reactor->next_deadline(), -1);
}

void a_big_frame_grows_in_memory_of_its_own() {
  const std::string frame = pattern(3'000'000);
  World world;
  world.on_data = [&](int32_t, const std::string& bytes, Record& record) {
    if (bytes.size() < frame.size()) record.needed = static_cast<int32_t>(frame.size());
    return bytes.size() < frame.size() ? size_t{0} : frame.size();
  };
  Client client(world);
  size_t written = 0;
  CHECK(world.turn_until([&] {
    for (int i = 0; i < 50; i++) {
      if (written < frame.size()) written += client.write(frame.substr(written, 200'000));
      world.turn();
    }
    return world.seen[0].received.size() == frame.size();
  }));
  CHECK(world.seen[0].received == frame);
  CHECK(world.seen[0].data_records <= 2);
  CHECK(world.allocations > 0 && world.allocations < 8);
  world.turn(2);
  CHECK_EQ(world.own_buffers(), size_t{0});
}

void output_that_is_not_taken_is_queued_and_drains() {
  World world(nullptr, 65536);
  const std::string big = pattern(900'000);
  world.on_data = [&](int32_t slot, const std::string& bytes, Record&) {
    for (int i = 0; i < 5; i++)
      world.reactor->send_large(slot, reinterpret_cast<const uint8_t*>(big.data()), big.size());
    return bytes.size();
  };
  Client client(world, 4096);
  client.write("go");
  CHECK(world.turn_until([&] { return world.seen[0].data_records == 1; }));
  CHECK(world.sent(0) < 5 * 900'000.0);
  client.write("held");
  world.turn(5);
  CHECK_EQ(world.seen[0].data_records, 1);
  for (int i = 0; i < 100'000 && client.received.size() < 5 * big.size(); i++) {
    client.read();
    world.reactor->turn(1);
  }
  // What was held is answered as soon as the first answers have left, so that more may follow them.
  CHECK(client.received.substr(0, 5 * big.size()) == big + big + big + big + big);
  CHECK(world.turn_until([&] { return world.seen[0].data_records == 2; }));
  CHECK(world.seen[0].drains >= 1);
}

void interleaved_output_is_gathered_in_order() {
  World world;
  Client first(world), second(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 2; }));
  std::string expected_first, expected_second;
  for (int i = 0; i < 100; i++) {
    std::string one = std::to_string(i) + ",", two = std::to_string(-i) + ";";
    world.send(world.opened[0], one);
    world.send(world.opened[1], two);
    expected_first += one;
    expected_second += two;
  }
  CHECK(reads(world, first, expected_first.size()));
  CHECK(reads(world, second, expected_second.size()));
  CHECK_EQ(first.received, expected_first);
  CHECK_EQ(second.received, expected_second);
}

void empty_output_is_nothing() {
  World world;
  Client client(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  world.send(0, "");
  world.turn_until([&] { return true; });
  world.reactor->flush();
  world.send(0, "a");
  world.send(0, "");
  world.send(0, "b");
  CHECK(reads(world, client, 2));
  CHECK_EQ(client.received, "ab");
}

void closing_sends_all_and_discards_input_without_a_reset() {
  World world;
  const std::string reply = pattern(200'000);
  world.on_data = [&](int32_t slot, const std::string& bytes, Record&) {
    world.send(slot, reply);
    world.command(Operation::kClose, slot);
    return bytes.size();
  };
  Client client(world, 4096);
  client.write("request");
  for (int i = 0; i < 2000 && !client.ended; i++) {
    client.write("more that nobody reads");
    client.read();
    world.reactor->turn(1);
  }
  CHECK(client.received == reply);
  CHECK(client.ended);
  CHECK_EQ(client.broken, 0);
  CHECK_EQ(world.seen[0].data_records, 1);
  CHECK(!world.seen[0].closed);
  client.close();
  CHECK(world.turn_until([&] { return world.seen[0].closed; }));
  CHECK_EQ(world.seen[0].error, 0);
}

// Seen by the sanitizer: the arena has no byte left when the input of the closing connection comes.
void discarding_stays_inside_a_full_arena() {
  World world(nullptr, 65536, 16 * 1024);
  world.on_data = [](int32_t, const std::string& bytes, Record&) { return bytes.size(); };
  Client closing(world), filling(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 2; }));
  world.command(Operation::kClose, world.opened[0]);
  world.reactor->flush();
  for (int i = 0; i < 5; i++) {
    filling.write(pattern(64 * 1024));
    closing.write("nobody reads this");
    world.turn(2);
  }
  CHECK(world.turn_until([&] { return world.seen[world.opened[1]].received.size() == 5 * 64 * 1024; }));
  CHECK_EQ(world.seen[world.opened[0]].data_records, 0);
}

void a_peer_that_never_ends_is_let_go_after_the_linger() {
  World world;
  world.on_open = [&](int32_t slot) { world.command(Operation::kClose, slot); };
  Client client(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  int deadline = world.reactor->next_deadline();
  CHECK(deadline > 0 && deadline <= 2000);
  world.reactor->turn(deadline + 50);
  CHECK(world.turn_until([&] { return world.seen[0].closed; }));
}

void destroying_drops_what_the_turn_has_written() {
  World world;
  world.on_data = [&](int32_t slot, const std::string& bytes, Record&) {
    world.send(slot, "never");
    world.command(Operation::kDestroy, slot);
    return bytes.size();
  };
  Client client(world);
  client.write("x");
  CHECK(world.turn_until([&] { return world.seen[0].closed; }));
  client.read();
  CHECK_EQ(client.received, "");
  CHECK_EQ(world.seen[0].error, 0);
}

void a_reset_is_no_end() {
  for (bool reset : {false, true}) {
    World world;
    world.on_data = [&](int32_t slot, const std::string& bytes, Record&) {
      world.command(Operation::kDestroy, slot, reset ? 1 : 0);
      return bytes.size();
    };
    Client client(world);
    client.write("x");
    CHECK(world.turn_until([&] { return world.seen[0].closed; }));
    client.read();
    CHECK_EQ(client.ended, !reset);
    CHECK_EQ(client.broken, reset ? ECONNRESET : 0);
  }
}

void a_reset_is_told_also_while_input_is_held() {
  World world;
  world.on_open = [&](int32_t slot) { world.command(Operation::kHold, slot); };
  Client client(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  client.write("unread");
  world.turn(3);
  client.reset();
  CHECK(world.turn_until([&] { return world.seen[0].closed; }));
  CHECK_EQ(world.seen[0].error, ECONNRESET);
  CHECK_EQ(world.seen[0].data_records, 0);
}

void a_held_connection_whose_peer_ended_does_not_spin() {
  World world;
  world.on_open = [&](int32_t slot) { world.command(Operation::kHold, slot); };
  Client client(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  client.write("x");
  client.shut();
  world.turn(5);
  Event events[4];
  CHECK_EQ(world.reactor->backend().wait(events, 4, 0), 0);
  world.command(Operation::kRelease, 0);
  CHECK(world.turn_until([&] { return world.seen[0].ends == 1; }));
  CHECK_EQ(world.seen[0].received, "x");
}

void draining_input_reports_idle_after_what_had_arrived() {
  World world;
  echo(world);
  Client client(world);
  client.write("before");
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  client.write(" the stop");
  world.command(Operation::kDrainInput, 0);
  CHECK(world.turn_until([&] { return world.seen[0].idles == 1; }));
  CHECK_EQ(world.seen[0].received, "before the stop");
}

void a_wanted_turn_comes_without_any_event() {
  World world;
  world.turn();
  CHECK_EQ(world.turns, 0);
  world.want_turn();
  CHECK_EQ(world.reactor->next_deadline(), 0);
  world.turn();
  CHECK_EQ(world.turns, 1);
  world.turn();
  CHECK_EQ(world.turns, 1);
}

void slots_are_used_again_and_listeners_too() {
  World world;
  echo(world);
  for (int i = 0; i < 50; i++) {
    Client client(world);
    client.write("ping");
    CHECK(reads(world, client, 4));
    client.close();
    CHECK(world.turn_until([&] { return world.seen[0].closed; }));
    CHECK_EQ(world.opened.back(), 0);
    int before = world.listener;
    world.reactor->close_listener(world.listener);
    world.listen(nullptr, 65536);
    CHECK_EQ(world.listener, before);
  }
}

void nothing_is_left_open_when_the_reactor_goes() {
  int before = open_descriptors();
  {
    World world;
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 20; i++) clients.push_back(std::make_unique<Client>(world));
    CHECK(world.turn_until([&] { return world.opened.size() == 20; }));
  }
  CHECK_EQ(open_descriptors(), before);
}

// ---- system calls that fail

int failures_left = 0;
int failure = 0;
shiny::sys::Syscalls real;

bool fails() {
  if (failures_left == 0) return false;
  failures_left--;
  errno = failure;
  return true;
}

class Fault {
 public:
  Fault() { real = shiny::sys::syscalls; }
  ~Fault() { shiny::sys::syscalls = real; }
};

void accept_without_descriptors_serves_the_peers_later() {
  Fault fault;
  World world;
  echo(world);
  shiny::sys::syscalls.accept = [](int fd, sockaddr* address, socklen_t* length) {
    return fails() ? -1 : real.accept(fd, address, length);
  };
  failure = EMFILE;
  failures_left = 3;
  Client client(world);
  client.write("patience");
  world.turn(2);
  CHECK_EQ(world.accept_errors.size(), size_t{1});
  CHECK_EQ(world.accept_errors[0], EMFILE);
  Event events[4];
  CHECK_EQ(world.reactor->backend().wait(events, 4, 0), 0);
  CHECK(reads(world, client, 8));
  CHECK_EQ(world.accept_errors.size(), size_t{3});
}

void accept_skips_peers_that_are_gone() {
  Fault fault;
  World world;
  echo(world);
  shiny::sys::syscalls.accept = [](int fd, sockaddr* address, socklen_t* length) {
    return fails() ? -1 : real.accept(fd, address, length);
  };
  failure = ECONNABORTED;
  failures_left = 5;
  Client client(world);
  client.write("hello");
  CHECK(reads(world, client, 5));
  CHECK(world.accept_errors.empty());
}

void interrupted_and_short_calls_lose_nothing() {
  Fault fault;
  World world;
  echo(world);
  shiny::sys::syscalls.recv = [](int fd, void* bytes, size_t length, int flags) -> ssize_t {
    return fails() ? -1 : real.recv(fd, bytes, length > 3 ? 3 : length, flags);
  };
  shiny::sys::syscalls.send = [](int fd, const void* bytes, size_t length, int flags) -> ssize_t {
    return fails() ? -1 : real.send(fd, bytes, length > 2 ? 2 : length, flags);
  };
  Client client(world);
  const std::string message = pattern(500);
  client.write(message);
  for (int i = 0; i < 2000 && client.received.size() < 500; i++) {
    failure = i % 2 == 0 ? EINTR : EAGAIN;
    failures_left = 1;
    world.reactor->turn(1);
    client.read();
  }
  failures_left = 0;
  CHECK(reads(world, client, 500));
  CHECK_EQ(client.received, message);
}

void an_error_of_send_closes_that_connection_once() {
  Fault fault;
  World world;
  echo(world);
  Client client(world);
  client.write("x");
  CHECK(reads(world, client, 1));
  shiny::sys::syscalls.send = [](int fd, const void* bytes, size_t length, int flags) -> ssize_t {
    return fails() ? -1 : real.send(fd, bytes, length, flags);
  };
  failure = ENOBUFS;
  failures_left = 1;
  client.write("y");
  CHECK(world.turn_until([&] { return world.seen[0].closed; }));
  CHECK_EQ(world.seen[0].error, ENOBUFS);
  Client other(world);
  other.write("still here");
  CHECK(reads(world, other, 10));
}

void floods_that_fill_the_arena_leave_turns_to_others() {
  World world;
  std::vector<std::unique_ptr<Client>> floods;
  for (int i = 0; i < 8; i++) floods.push_back(std::make_unique<Client>(world));
  CHECK(world.turn_until([&] { return world.opened.size() == 8; }));
  Client quiet(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 9; }));
  int32_t last = world.opened.back();
  const std::string much = pattern(400'000);
  for (auto& flood : floods) flood->write(much);
  quiet.write("hello");
  int turns = 0;
  for (; turns < 20 && world.seen[last].received.empty(); turns++) {
    world.turn();
    for (auto& flood : floods) flood->write(much);
  }
  CHECK_EQ(world.seen[last].received, "hello");
  CHECK(turns <= 4);
}

void connections_that_fill_the_records_leave_turns_to_a_listener() {
  World world;
  constexpr size_t kMany = 256 - 7;  // so many records fill a turn, and the listener alone is left over
  std::vector<std::unique_ptr<Client>> many;
  while (many.size() < kMany) many.push_back(std::make_unique<Client>(world));
  CHECK(world.turn_until([&] { return world.opened.size() == kMany; }));
  world.turn();  // the listener leaves the head of the backend's list
  for (auto& client : many) client->write("x");
  Client late(world);
  int turns = 0;
  for (; turns < 20 && world.opened.size() == kMany; turns++) {
    world.turn();
    for (auto& client : many) client->write("x");
  }
  CHECK_EQ(world.opened.size(), kMany + 1);
  CHECK(turns <= 4);
}

// What has much to do answers the first before it has heard the last.
void a_turn_of_many_events_calls_the_handler_more_than_once() {
  World world;
  constexpr size_t kMany = 100;
  std::vector<std::unique_ptr<Client>> many;
  while (many.size() < kMany) many.push_back(std::make_unique<Client>(world));
  CHECK(world.turn_until([&] { return world.opened.size() == kMany; }));
  world.turn();
  int answered = 0;
  world.on_data = [&](int32_t slot, const std::string& bytes, Record&) {
    for (auto& client : many) client->read();
    for (auto& client : many) answered += client->received == "x";
    world.send(slot, bytes);
    return bytes.size();
  };
  for (auto& client : many) client->write("x");
  int before = world.turns;
  world.turn();
  CHECK(world.turns - before >= 3);
  CHECK(answered > 0);
  for (auto& client : many) client->read();
  for (auto& client : many) CHECK_EQ(client->received, "x");
}

// However often it calls the handler: or a flood would hold up timers.
void a_turn_reads_no_more_than_the_arena_holds() {
  World world;
  std::vector<std::unique_ptr<Client>> floods;
  for (int i = 0; i < 16; i++) floods.push_back(std::make_unique<Client>(world));
  CHECK(world.turn_until([&] { return world.opened.size() == 16; }));
  world.turn();
  const std::string much = pattern(60'000);
  for (auto& flood : floods) flood->write(much);
  size_t received = 0;
  world.on_data = [&](int32_t, const std::string& bytes, Record&) {
    received += bytes.size();
    return bytes.size();
  };
  world.turn();
  CHECK(received > 128 * 1024);
  CHECK(received <= 256 * 1024);
}

// What a closing connection still receives is only dropped.
void floods_that_fill_the_arena_do_not_hold_up_who_closes() {
  World world;
  std::vector<std::unique_ptr<Client>> floods;
  for (int i = 0; i < 8; i++) floods.push_back(std::make_unique<Client>(world));
  Client leaving(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 9; }));
  int32_t last = world.opened.back();
  world.turn();
  const std::string much = pattern(400'000);
  for (auto& flood : floods) flood->write(much);
  leaving.write("more");
  leaving.shut();
  world.command(Operation::kClose, last);
  world.reactor->flush();
  int turns = 0;
  for (; turns < 20 && !world.seen[last].closed; turns++) {
    world.turn();
    for (auto& flood : floods) flood->write(much);
  }
  CHECK(world.seen[last].closed);
  CHECK(turns <= 4);
}

// Or it would not fit into a small arena, and wait for room in it for ever.
void input_that_grows_is_kept_small_up_to_a_limit() {
  World world;
  reactor::InputStore store;
  while (store.size() <= reactor::InputStore::kSmallLimit) {
    CHECK(store.reserve(10'000, 0, world));
    std::memset(store.tail(), 'x', 10'000);
    store.grew(10'000);
    CHECK_EQ(store.large(), store.size() > reactor::InputStore::kSmallLimit);
  }
  store.clear(0, world);
}

// Or its next owner would be visited twice in a turn, and told of its end with bytes that are being delivered.
void a_freed_slot_keeps_its_place_among_those_that_are_due() {
  reactor::Slots slots(512);
  reactor::Connection* first = slots.take();
  first->pending = true;
  slots.free(*first);
  reactor::Connection* second = slots.take();
  CHECK_EQ(second->slot, first->slot);
  CHECK(second->pending);
}

}  // namespace

int main() {
  echoes_and_closes_when_the_peer_ends();
  data_and_end_in_one_packet_keep_their_order();
  what_is_not_consumed_comes_again_in_front();
  a_handler_that_needs_more_is_not_asked_before();
  stopping_early_brings_the_rest_when_released();
  an_incomplete_frame_is_shown_with_the_end();
  part_of_a_frame_is_no_news();
  many_that_linger_are_let_go_in_any_order();
  a_big_frame_grows_in_memory_of_its_own();
  output_that_is_not_taken_is_queued_and_drains();
  interleaved_output_is_gathered_in_order();
  empty_output_is_nothing();
  closing_sends_all_and_discards_input_without_a_reset();
  discarding_stays_inside_a_full_arena();
  a_peer_that_never_ends_is_let_go_after_the_linger();
  destroying_drops_what_the_turn_has_written();
  a_reset_is_no_end();
  a_reset_is_told_also_while_input_is_held();
  a_held_connection_whose_peer_ended_does_not_spin();
  draining_input_reports_idle_after_what_had_arrived();
  a_wanted_turn_comes_without_any_event();
  slots_are_used_again_and_listeners_too();
  nothing_is_left_open_when_the_reactor_goes();
  accept_without_descriptors_serves_the_peers_later();
  accept_skips_peers_that_are_gone();
  interrupted_and_short_calls_lose_nothing();
  an_error_of_send_closes_that_connection_once();
  floods_that_fill_the_arena_leave_turns_to_others();
  connections_that_fill_the_records_leave_turns_to_a_listener();
  a_turn_of_many_events_calls_the_handler_more_than_once();
  a_turn_reads_no_more_than_the_arena_holds();
  floods_that_fill_the_arena_do_not_hold_up_who_closes();
  a_freed_slot_keeps_its_place_among_those_that_are_due();
  input_that_grows_is_kept_small_up_to_a_limit();
  return check::finish();
}
