// How connections come in: accepted from a listener, begun by this side, or handed over by another thread.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "reactor/reactor.h"
#include "sys/clock.h"
#include "sys/sockets.h"
#include "sys/syscalls.h"

namespace shiny::reactor {

void Reactor::accept_from(Listener& listener) {
  for (int i = 0; i < kAcceptBatch && !records_full(); i++) {
    if (!accept_one(listener)) return;
  }
}

bool Reactor::accept_one(Listener& listener) {
  sys::SocketAddress address;
  socklen_t length = sizeof address;
  if (slots_.in_use() >= slots_.limit()) {
    accept_failed(listener, EMFILE);
    return false;
  }
  int fd = sys::syscalls.accept(listener.fd, &address.any, &length);
  if (fd < 0) {
    int error = errno;
    if (error == EAGAIN || error == EWOULDBLOCK) return false;
    if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
      accept_failed(listener, error);
      return false;
    }
    return true;  // that peer is gone again (ECONNABORTED and its like), or a signal came: the next one
  }
  sys::PeerAddress peer;
  std::memcpy(&peer, &address, sizeof peer);
  Connection* connection = admit(fd, listener, peer);
  if (connection == nullptr) {
    accept_failed(listener, EMFILE);
    return false;
  }
  add_record(RecordKind::kOpen, connection->slot)->start = listener.index;
  want(*connection, kReadable);
  return true;
}

// The process or the reactor is full. Peers wait in the backlog: the listener is asked again when a connection has closed, or
// after a while, and until then does not wake the loop.
void Reactor::accept_failed(Listener& listener, int error) {
  auto* record = add_record(RecordKind::kAcceptFailed, listener.index);
  record->start = error;
  if (listener.armed) backend_->remove(listener.fd, kReadable);
  listener.armed = false;
  accept_retry_ = sys::now_ms() + kAcceptRetryMs;
}

void Reactor::rearm_listeners() {
  if (accept_retry_ == 0 || sys::now_ms() < accept_retry_) return;
  accept_retry_ = 0;
  for (auto& listener : listeners_) {
    if (!listener || listener->fd < 0 || listener->armed) continue;
    listener->armed =
        backend_->add(listener->fd, kReadable, kListenerBit | static_cast<uint64_t>(listener->index)) == 0;
    if (!listener->armed) accept_retry_ = sys::now_ms() + kAcceptRetryMs;  // no memory for it just now
  }
}

// Makes a connection of a descriptor; null when there is no slot, and then the descriptor is closed. A backend that refuses the
// descriptor later ends the connection, which is told as any other end.
Connection* Reactor::admit(int fd, Listener& listener, const sys::PeerAddress& peer) {
  Connection* connection = slots_.take();
  if (connection == nullptr) {
    sys::syscalls.close(fd);
    return nullptr;
  }
  connection->fd = fd;
  connection->listener = &listener;
  connection->plan = listener.options.plan;
  connection->high_water = listener.options.high_water;
  connection->low_water = listener.options.low_water;
  connection->peer = peer;
  listener.connections++;
  bridge_.sent[connection->slot] = 0;
  vital(*connection, kLastRead) = vital(*connection, kLastWrite) = now_;
  vital(*connection, kFrameSince) = vital(*connection, kBuffered) = 0;
  return connection;
}

Listener& Reactor::place_listener(ListenerOptions options) {
  auto place = std::find(listeners_.begin(), listeners_.end(), nullptr);
  if (place == listeners_.end()) place = listeners_.insert(listeners_.end(), nullptr);
  *place = std::make_unique<Listener>();
  (*place)->index = static_cast<int32_t>(place - listeners_.begin());
  (*place)->options = options;
  (*place)->wildcard = true;
  return **place;
}

int Reactor::add_group(ListenerOptions options) { return place_listener(options).index; }

int Reactor::add_client(int fd, bool connected, ListenerOptions options) {
  now_ = sys::coarse_ms();
  Listener& listener = place_listener(options);
  listener.open = false;  // freed with its one connection
  Connection* connection = admit(fd, listener, {});
  if (connection == nullptr) {
    free_listener_if_unused(listener.index);
    return -EMFILE;
  }
  connection->own = true;
  connection->connecting = !connected;
  connection->open_due = connected;
  if (connected) sys::remote_address(fd, &connection->peer);
  refresh_interest(*connection);
  make_due(*connection);
  return connection->slot;
}

// The peer has answered, or the system has given up.
void Reactor::connected(Connection& connection) {
  int error = sys::take_error(connection.fd);
  if (error != 0) {
    die(connection, error);
    return;
  }
  connection.connecting = false;
  sys::remote_address(connection.fd, &connection.peer);
  add_record(RecordKind::kOpen, connection.slot)->start = -1;
  refresh_interest(connection);
}

int Reactor::adopt(int fd, int32_t index) {
  auto* listener = const_cast<Listener*>(this->listener(index));
  if (listener == nullptr || !listener->open) {
    sys::syscalls.close(fd);
    return -EINVAL;
  }
  now_ = sys::coarse_ms();
  sys::PeerAddress peer;
  sys::remote_address(fd, &peer);
  Connection* connection = admit(fd, *listener, peer);
  if (connection == nullptr) return -EMFILE;
  connection->open_due = true;
  want(*connection, kReadable);
  make_due(*connection);
  return connection->slot;
}

int Reactor::detach(int32_t slot) {
  Connection* connection = slots_.find(slot);
  if (connection == nullptr || connection->dead || connection->in_turn) return -1;
  if (connection->input.size() > 0 || !connection->output.empty()) return -1;
  if (connection->registered) backend_->remove(connection->fd, connection->interest);
  connection->dead = true;
  dead_.push_back(slot);
  int fd = connection->fd;
  connection->fd = -1;
  return fd;
}

}  // namespace shiny::reactor
