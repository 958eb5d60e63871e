// UDP sockets of the reactor: batches, queues, and what becomes of them when system calls fail.
#include <fcntl.h>

#include <cerrno>

#include "datagram_world.h"
#include "sys/syscalls.h"

namespace {

using namespace world;
using shiny::sys::DatagramHeader;

// Puts the table of system calls back when the test ends.
struct Calls {
  shiny::sys::Syscalls saved = shiny::sys::syscalls;
  ~Calls() { shiny::sys::syscalls = saved; }
};

const shiny::sys::Syscalls real = shiny::sys::syscalls;
int failures_left;
int failing_error;
int calls;
bool blocked;

int blockable_sendmmsg(int fd, DatagramHeader* messages, unsigned count, int flags) {
  calls++;
  if (!blocked) return real.sendmmsg(fd, messages, count, flags);
  errno = EAGAIN;
  return -1;
}

void echo(DatagramWorld& world) {
  world.on_message = [&](const std::string& bytes, const WireAddress& from) { world.send(bytes, from); };
}

void datagrams_are_echoed_whole_and_in_order() {
  DatagramWorld world;
  echo(world);
  Peer peer(world);
  Peer other(world);
  const std::string sent[] = {"one", "", std::string(kLongest, 'x'), "four"};
  for (const std::string& bytes : sent) peer.send(bytes);
  other.send("other");
  CHECK(world.turn_until([&] { return world.fact(reactor::kSent) == 5; }));
  for (const std::string& bytes : sent) CHECK(peer.receive() == bytes);
  CHECK_EQ(other.receive(), "other");
  CHECK_EQ(world.fact(reactor::kReceived), 5);
  CHECK_EQ(world.fact(reactor::kReceivedBytes), 3 + kLongest + 4 + 5);
  CHECK_EQ(world.fact(reactor::kSentBytes), 3 + kLongest + 4 + 5);
}

void replies_of_a_turn_are_one_call() {
  Calls calls_table;
  DatagramWorld world;
  echo(world);
  Peer peer(world);
  shiny::sys::syscalls.sendmmsg = blockable_sendmmsg;
  blocked = false;
  calls = 0;
  for (uint32_t i = 0; i < kBatch; i++) peer.send("x");
  CHECK(world.turn_until([&] { return world.fact(reactor::kSent) == kBatch; }));
  CHECK_EQ(calls, 1);
  CHECK_EQ(world.turns, 1);
}

void a_turn_takes_one_batch() {
  DatagramWorld world;
  Peer peer(world);
  for (uint32_t i = 0; i < 3 * kBatch; i++) peer.send(std::to_string(i));
  world.turn();
  CHECK_EQ(world.messages.size(), kBatch);
  CHECK(world.turn_until([&] { return world.messages.size() == 3 * kBatch; }));
  CHECK_EQ(world.largest_batch, static_cast<int>(kBatch));
  for (uint32_t i = 0; i < 3 * kBatch; i++) CHECK_EQ(world.messages[i], std::to_string(i));
}

void nothing_is_received_before_the_start_or_after_the_finish() {
  DatagramWorld world;
  shiny::sys::SocketAddress address;
  int length = shiny::sys::ip_address("127.0.0.1", 0, &address);
  std::vector<double> facts(reactor::kDatagramFacts);
  reactor::DatagramBridge memory = world.memory();
  memory.facts = facts.data();
  int other = world.reactor->datagrams().add(shiny::sys::bind_datagram(address, length, {}), memory, {});
  Peer peer(world.reactor->datagrams().find(other)->address().port);
  peer.send("early");
  world.turn(3);
  CHECK_EQ(facts[reactor::kReceived], 0);
  world.reactor->datagrams().find(other)->start();
  world.turn();
  CHECK_EQ(facts[reactor::kReceived], 1);
  world.reactor->datagrams().find(other)->finish();
  peer.send("arrived");
  world.turn(3);
  CHECK_EQ(facts[reactor::kReceived], 2);
  peer.send("late");
  world.turn(3);
  CHECK_EQ(facts[reactor::kReceived], 2);
  CHECK(!world.reactor->has_due_work());
}

void what_is_too_long_is_lost_as_a_whole() {
  DatagramWorld world;
  Peer peer(world);
  peer.send(std::string(kLongest + 1, 'x'));
  peer.send(std::string(60000, 'y'));
  peer.send("short");
  CHECK(world.turn_until([&] { return world.messages.size() == 1; }));
  CHECK_EQ(world.messages[0], "short");
  CHECK_EQ(world.too_long, 2);
  CHECK_EQ(world.fact(reactor::kTooLong), 2);
}

void what_the_system_does_not_take_is_queued_and_drains() {
  Calls calls_table;
  DatagramWorld world({1000, 500, 4000});
  Peer peer(world);
  shiny::sys::syscalls.sendmmsg = blockable_sendmmsg;
  blocked = true;
  for (int i = 0; i < 10; i++) world.send(std::string(100, static_cast<char>('0' + i)), peer.wire);
  world.turn(2);
  CHECK_EQ(world.fact(reactor::kQueued), 10 * (100 + reactor::kQueuedOverhead));
  CHECK_EQ(world.drains, 0);
  world.send("behind", peer.wire);
  blocked = false;
  CHECK(world.turn_until([&] { return world.drains == 1; }));
  CHECK_EQ(world.fact(reactor::kQueued), 0);
  for (int i = 0; i < 10; i++) CHECK_EQ(peer.receive(), std::string(100, static_cast<char>('0' + i)));
  CHECK_EQ(peer.receive(), "behind");
  world.turn(3);
  CHECK_EQ(world.drains, 1);
  CHECK(!world.reactor->has_due_work());
}

void a_full_queue_drops_and_counts() {
  Calls calls_table;
  DatagramWorld world({100, 50, 1000});
  Peer peer(world);
  shiny::sys::syscalls.sendmmsg = blockable_sendmmsg;
  blocked = true;
  for (int i = 0; i < 100; i++) world.send("", peer.wire);
  world.turn();
  // Empty ones take room too.
  CHECK_EQ(world.fact(reactor::kQueued), 15 * reactor::kQueuedOverhead);
  CHECK_EQ(world.fact(reactor::kOverflow), 85);
  world.send(std::string(kLongest, 'x'), peer.wire);
  world.turn();
  CHECK_EQ(world.fact(reactor::kOverflow), 86);
  blocked = false;
  CHECK(world.turn_until([&] { return world.fact(reactor::kSent) == 15; }));
  // One that is alone is queued whatever its length.
  blocked = true;
  world.send(std::string(kLongest, 'x'), peer.wire);
  world.turn();
  blocked = false;
  CHECK(world.turn_until([&] { return world.fact(reactor::kSent) == 16; }));
}

void a_refused_datagram_is_told_and_those_behind_it_leave() {
  Calls calls_table;
  DatagramWorld world;
  Peer peer(world);
  shiny::sys::syscalls.sendmmsg = [](int fd, DatagramHeader* messages, unsigned count, int flags) {
    for (unsigned i = 0; i < count; i++) {
      if (messages[i].msg_hdr.msg_iov->iov_len != 3) continue;
      if (i > 0) return real.sendmmsg(fd, messages, i, flags);
      errno = failing_error;
      return -1;
    }
    return real.sendmmsg(fd, messages, count, flags);
  };
  for (int error : {ENOBUFS, EPERM, EMSGSIZE, EHOSTUNREACH, EINVAL, ENOMEM, EACCES}) {
    failing_error = error;
    world.told.clear();
    for (const char* text : {"before", "bad", "between", "bad", "behind"}) world.send(text, peer.wire);
    CHECK(world.turn_until([&] { return world.told.size() == 2; }));
    for (const char* text : {"before", "between", "behind"}) CHECK_EQ(peer.receive(), text);
    CHECK_EQ(world.told[0].error, error);
    CHECK_EQ(world.told[0].to.port, peer.wire.port);
    CHECK_EQ(world.told[0].to.words[3], peer.wire.words[3]);
  }
  CHECK_EQ(world.fact(reactor::kUnsent), 14);
  CHECK_EQ(world.fact(reactor::kSent), 21);
}

void more_failures_than_there_is_room_for_are_counted() {
  Calls calls_table;
  DatagramWorld world;
  Peer peer(world);
  shiny::sys::syscalls.sendmmsg = [](int, DatagramHeader*, unsigned, int) {
    errno = EPERM;
    return -1;
  };
  for (int i = 0; i < 100; i++) world.send("x", peer.wire);
  world.turn(3);
  CHECK_EQ(world.told.size(), kFailures);
  CHECK_EQ(world.fact(reactor::kUnsent), 100);
}

void interrupted_and_spurious_calls_lose_nothing() {
  Calls calls_table;
  DatagramWorld world;
  echo(world);
  Peer peer(world);
  failures_left = 50;
  shiny::sys::syscalls.recvmmsg = [](int fd, DatagramHeader* messages, unsigned count, int flags) {
    if (failures_left-- > 0) {
      errno = failures_left % 3 == 0 ? EAGAIN : EINTR;
      return -1;
    }
    return real.recvmmsg(fd, messages, failures_left % 2 == 0 ? 1 : count, flags);
  };
  shiny::sys::syscalls.sendmmsg = [](int fd, DatagramHeader* messages, unsigned count, int flags) {
    if (calls++ % 2 == 0) {
      errno = EINTR;
      return -1;
    }
    return real.sendmmsg(fd, messages, count > 1 ? count / 2 : 1, flags);
  };
  for (int i = 0; i < 20; i++) peer.send(std::to_string(i));
  CHECK(world.turn_until([&] { return world.fact(reactor::kSent) == 20; }));
  for (int i = 0; i < 20; i++) CHECK_EQ(peer.receive(), std::to_string(i));
  CHECK_EQ(world.told.size(), 0u);
}

void an_error_of_receiving_is_told_and_the_socket_lives() {
  Calls calls_table;
  DatagramWorld world;
  Peer peer(world);
  failures_left = 3;
  shiny::sys::syscalls.recvmmsg = [](int fd, DatagramHeader* messages, unsigned count, int flags) {
    if (failures_left-- <= 0) return real.recvmmsg(fd, messages, count, flags);
    errno = ENOMEM;
    return -1;
  };
  peer.send("x");
  CHECK(world.turn_until([&] { return world.messages.size() == 1; }));
  CHECK_EQ(world.told.size(), 3u);
  CHECK_EQ(world.told[0].error, ENOMEM);
  CHECK_EQ(world.told[0].to.family, 0);
  CHECK_EQ(world.broken, 0);
}

void a_socket_that_always_fails_is_given_up() {
  Calls calls_table;
  DatagramWorld world;
  Peer peer(world);
  shiny::sys::syscalls.recvmmsg = [](int, DatagramHeader*, unsigned, int) {
    calls++;
    errno = EBADF;
    return -1;
  };
  peer.send("x");
  CHECK(world.turn_until([&] { return world.broken != 0; }));
  CHECK_EQ(world.broken, EBADF);
  calls = 0;
  world.turn(5);
  CHECK_EQ(calls, 0);
  CHECK(!world.reactor->has_due_work());
}

#if defined(__linux__)
void a_closed_port_is_told_with_its_address_and_harms_no_other() {
  DatagramWorld world;
  echo(world);
  Peer peer(world);
  WireAddress gone;
  {
    Peer other(world);
    gone = other.wire;
  }
  for (int i = 0; i < 20; i++) {
    world.send("anybody?", gone);
    world.send("somebody", peer.wire);
    peer.send("hello");
    world.turn();
  }
  CHECK(world.turn_until([&] { return world.messages.size() == 20 && !world.told.empty(); }));
  for (int i = 0; i < 20; i++) CHECK(peer.receive() != "(none)");
  for (const Failure& failure : world.told) {
    CHECK_EQ(failure.error, ECONNREFUSED);
    CHECK_EQ(failure.to.port, gone.port);
    CHECK_EQ(failure.to.words[3], gone.words[3]);
  }
  CHECK_EQ(world.fact(reactor::kUnsent), 0);
}

void reports_do_not_spin_when_nothing_is_read() {
  DatagramWorld world;
  WireAddress gone;
  {
    Peer other(world);
    gone = other.wire;
  }
  world.socket()->finish();
  world.turn(3);
  for (int i = 0; i < 5; i++) world.send("anybody?", gone);
  world.turn(3);
  int before = world.turns;
  world.reactor->flush();
  for (int i = 0; i < 10; i++) world.reactor->turn(1);
  CHECK_EQ(world.turns, before);
}
#endif

void finishing_tells_once_when_all_is_received_and_sent() {
  Calls calls_table;
  DatagramWorld world;
  echo(world);
  Peer peer(world);
  shiny::sys::syscalls.sendmmsg = blockable_sendmmsg;
  blocked = true;
  for (uint32_t i = 0; i < 2 * kBatch + 1; i++) peer.send("x");
  world.socket()->finish();
  world.turn(5);
  CHECK_EQ(world.messages.size(), 2 * kBatch + 1);
  CHECK_EQ(world.finishes, 0);
  blocked = false;
  CHECK(world.turn_until([&] { return world.finishes == 1; }));
  CHECK_EQ(world.fact(reactor::kSent), 2 * kBatch + 1);
  world.turn(3);
  CHECK_EQ(world.finishes, 1);
  world.socket()->finish();
  world.turn(2);
  CHECK_EQ(world.finishes, 2);
}

void closing_from_the_handler_and_binding_again() {
  DatagramWorld world;
  Peer peer(world);
  int fd = world.socket()->descriptor();
  world.on_message = [&](const std::string&, const WireAddress& from) {
    world.send("never", from);
    world.reactor->datagrams().close(world.index);
  };
  peer.send("close");
  CHECK(world.turn_until([&] { return world.messages.size() == 1; }));
  CHECK(world.socket() == nullptr);
  CHECK_EQ(fcntl(fd, F_GETFD), -1);
  world.turn();
  shiny::sys::SocketAddress address;
  int length = shiny::sys::ip_address("127.0.0.1", 0, &address);
  int again = world.reactor->datagrams().add(shiny::sys::bind_datagram(address, length, {}), world.memory(), {});
  CHECK_EQ(again, world.index);
}

void sockets_of_both_families() {
  DatagramWorld world({}, "::");
  echo(world);
  Peer peer(world);
  world.on_message = [&](const std::string& bytes, const WireAddress& from) {
    CHECK_EQ(from.family, 4);
    CHECK_EQ(from.words[3], 0x7f000001);
    world.send(bytes, from);
  };
  peer.send("four");
  CHECK(world.turn_until([&] { return world.fact(reactor::kSent) == 1; }));
  CHECK_EQ(peer.receive(), "four");
}

void addresses_survive_the_way_into_words_and_back() {
  for (const char* host : {"127.0.0.1", "255.255.255.255", "0.0.0.0", "::1", "2001:db8::ff00:42:8329", "fe80::1%1"}) {
    shiny::sys::SocketAddress given;
    shiny::sys::ip_address(host, 54321, &given);
    shiny::sys::PeerAddress peer{}, back{};
    std::memcpy(&peer, &given, sizeof peer);
    WireAddress wire;
    reactor::to_wire(peer, &wire);
    uint32_t length = reactor::from_wire(wire, peer.any.sa_family, &back);
    CHECK_EQ(length, peer.any.sa_family == AF_INET ? sizeof peer.v4 : sizeof peer.v6);
    CHECK_EQ(std::memcmp(&peer, &back, length), 0);
  }
}

// The way of systems without recvmmsg and sendmmsg.
void one_call_for_each_datagram_does_the_same() {
  Calls calls_table;
  shiny::sys::syscalls.recvmmsg = shiny::sys::receive_each;
  shiny::sys::syscalls.sendmmsg = shiny::sys::send_each;
  datagrams_are_echoed_whole_and_in_order();
  a_turn_takes_one_batch();
  what_is_too_long_is_lost_as_a_whole();
#if defined(__linux__)
  a_closed_port_is_told_with_its_address_and_harms_no_other();
#endif
}

}  // namespace

int main() {
  datagrams_are_echoed_whole_and_in_order();
  replies_of_a_turn_are_one_call();
  a_turn_takes_one_batch();
  nothing_is_received_before_the_start_or_after_the_finish();
  what_is_too_long_is_lost_as_a_whole();
  what_the_system_does_not_take_is_queued_and_drains();
  a_full_queue_drops_and_counts();
  a_refused_datagram_is_told_and_those_behind_it_leave();
  more_failures_than_there_is_room_for_are_counted();
  interrupted_and_spurious_calls_lose_nothing();
  an_error_of_receiving_is_told_and_the_socket_lives();
  a_socket_that_always_fails_is_given_up();
#if defined(__linux__)
  a_closed_port_is_told_with_its_address_and_harms_no_other();
  reports_do_not_spin_when_nothing_is_read();
#endif
  finishing_tells_once_when_all_is_received_and_sent();
  closing_from_the_handler_and_binding_again();
  sockets_of_both_families();
  addresses_survive_the_way_into_words_and_back();
  one_call_for_each_datagram_does_the_same();
  return check::finish();
}
