// Listening and accepting when the system refuses.
#include "fault_world.h"

using namespace world;
using faults::Plan;

namespace {

void peers_wait_until_there_is_room(const char* name, int number) {
  World world;
  echoes(world);
  Client live(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 1; }));
  Plan plan("accept:" + std::string(name) + ":at=1,accept:" + std::string(name) + ":at=2");
  Client first(world), second(world);
  first.write("first");
  second.write("second");
  CHECK(world.turn_until([&] { return world.accept_errors.size() == 1; }));
  CHECK(is_quiet(world));
  live.write("live");
  CHECK(receives(world, live, "live"));
  int before = faults::calls("epoll_wait");
  while (world.opened.size() < 3) world.reactor->turn(world.reactor->next_deadline());
  CHECK(faults::calls("epoll_wait") - before < 20);
  CHECK(receives(world, first, "first"));
  CHECK(receives(world, second, "second"));
  CHECK_EQ(world.accept_errors.size(), size_t{2});
  CHECK_EQ(world.accept_errors.back(), number);
}

void a_failure_of_one_peer_is_not_the_listeners(const char* name) {
  World world;
  echoes(world);
  Plan plan("accept:" + std::string(name) + ":every=2");
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 10; i++) clients.push_back(std::make_unique<Client>(world));
  for (auto& client : clients) client->write("hello");
  for (auto& client : clients) CHECK(receives(world, *client, "hello"));
  CHECK(world.accept_errors.empty());
}

void a_listener_that_cannot_be_watched_again_yet_is_not_forgotten() {
  World world;
  echoes(world);
  // Of epoll_ctl, the first call takes the listener out; the two that put it back fail.
  Plan plan("accept:EMFILE:at=1,epoll_ctl:ENOMEM:at=2,epoll_ctl:ENOSPC:at=3");
  Client client(world);
  client.write("patience");
  CHECK(receives(world, client, "patience"));
}

void a_connection_that_cannot_be_watched_is_told_of_and_closed(const char* name, int number) {
  World world;
  echoes(world);
  Plan plan("epoll_ctl:" + std::string(name) + ":at=1");
  Client refused(world);
  CHECK(world.turn_until([&] { return world.opened.size() == 1 && world.seen[0].closed; }));
  CHECK_EQ(world.seen[0].error, number);
  CHECK(world.turn_until([&] {
    refused.read();
    return refused.ended || refused.broken != 0;
  }));
  Client served(world);
  served.write("served");
  CHECK(receives(world, served, "served"));
}

void a_connection_handed_over_is_told_of_when_it_cannot_be_watched() {
  World world;
  Plan plan("epoll_ctl:ENOMEM:at=1");
  int peer;
  int32_t slot = adopt_pair(world, &peer);
  CHECK(slot >= 0);
  CHECK(world.turn_until([&] { return world.seen[slot].closed; }));
  CHECK_EQ(world.opened.size(), size_t{1});
  CHECK_EQ(world.seen[slot].error, ENOMEM);
  close(peer);
}

void what_cannot_listen_leaves_no_descriptor() {
  World world;
  int before = open_descriptors();
  sys::SocketAddress address;
  int length = sys::ip_address("127.0.0.1", 0, &address);
  for (const char* text : {"socket:EMFILE:at=1", "setsockopt:ENOBUFS:at=1", "bind:EINVAL:at=1", "listen:ENOMEM:at=1"}) {
    Plan plan(text);
    CHECK(sys::listen_on(address, length, {}) < 0);
    CHECK_EQ(open_descriptors(), before);
  }
  int fd = sys::listen_on(address, length, {});
  Plan plan("epoll_ctl:ENOSPC:at=1");
  CHECK_EQ(world.reactor->add_listener(fd, {}, {}), -ENOSPC);
  CHECK_EQ(open_descriptors(), before);
}

void without_a_descriptor_there_is_no_backend() {
#if defined(__linux__)
  Plan plan("epoll_create1:EMFILE:at=1");
#else
  Plan plan("kqueue:EMFILE:at=1");
#endif
  CHECK(reactor::make_backend() == nullptr);
  CHECK_EQ(errno, EMFILE);
}

}  // namespace

int main() {
  peers_wait_until_there_is_room("EMFILE", EMFILE);
  peers_wait_until_there_is_room("ENFILE", ENFILE);
  peers_wait_until_there_is_room("ENOBUFS", ENOBUFS);
  peers_wait_until_there_is_room("ENOMEM", ENOMEM);
  for (const char* name : {"ECONNABORTED", "EPROTO", "EPERM", "EINTR"})
    a_failure_of_one_peer_is_not_the_listeners(name);
#if defined(__linux__)
  a_listener_that_cannot_be_watched_again_yet_is_not_forgotten();
  a_connection_that_cannot_be_watched_is_told_of_and_closed("ENOMEM", ENOMEM);
  a_connection_that_cannot_be_watched_is_told_of_and_closed("ENOSPC", ENOSPC);
  a_connection_handed_over_is_told_of_when_it_cannot_be_watched();
  what_cannot_listen_leaves_no_descriptor();
#endif
  without_a_descriptor_there_is_no_backend();
  return check::finish();
}
