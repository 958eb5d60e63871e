// The life of listeners and connections: what the backend watches for, and how things end.
#include <algorithm>
#include <cerrno>

#include "reactor/reactor.h"
#include "sys/clock.h"
#include "sys/sockets.h"
#include "sys/syscalls.h"

namespace shiny::reactor {

Reactor::Reactor(std::unique_ptr<Backend> backend, const Bridge& bridge, Handler& handler)
    : backend_(std::move(backend)), bridge_(bridge), handler_(handler), slots_(bridge.slots) {}

Reactor::~Reactor() {
  for (auto& listener : listeners_)
    if (listener) close_listener(listener->index);
  slots_.each([](Connection& connection) {
    if (!connection.dead) sys::syscalls.close(connection.fd);
  });
}

int Reactor::add_listener(int fd, ListenerOptions options, sys::UnixFile file) {
  Listener& listener = place_listener(options);
  int error = backend_->add(fd, kReadable, kListenerBit | static_cast<uint64_t>(listener.index));
  if (error < 0) {
    file.remove();
    sys::syscalls.close(fd);
    close_listener(listener.index);
    return error;
  }
  listener.fd = fd;
  listener.armed = true;
  listener.file = std::move(file);
  listener.address = sys::local_address(fd);
  listener.wildcard = listener.address.host == "0.0.0.0" || listener.address.host == "::";
  return listener.index;
}

bool Reactor::listens_with(int fd) const {
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [fd](auto& listener) { return listener && listener->fd == fd; });
}

int Reactor::add_plan(std::unique_ptr<const framing::Plan> plan) {
  plans_.push_back(std::move(plan));
  return static_cast<int>(plans_.size()) - 1;
}

const framing::Plan* Reactor::plan(int32_t number) const {
  return number < 0 || static_cast<size_t>(number) >= plans_.size() ? nullptr
                                                                    : plans_[static_cast<size_t>(number)].get();
}

void Reactor::close_listener(int32_t index) {
  auto* listener = const_cast<Listener*>(this->listener(index));
  if (listener == nullptr || !listener->open) return;
  // Before the socket closes: else a successor that finds a dead socket there could have replaced it by its own.
  listener->file.remove();
  if (listener->fd >= 0) sys::syscalls.close(listener->fd);
  listener->fd = -1;
  listener->open = false;
  listener->armed = false;
  free_listener_if_unused(index);
}

const Listener* Reactor::listener(int32_t index) const {
  if (index < 0 || static_cast<size_t>(index) >= listeners_.size()) return nullptr;
  return listeners_[static_cast<size_t>(index)].get();
}

void Reactor::free_listener_if_unused(int32_t index) {
  auto& listener = listeners_[static_cast<size_t>(index)];
  if (listener && !listener->open && listener->connections == 0) listener.reset();
}

sys::NamedAddress Reactor::remote_address(int32_t slot) {
  Connection* connection = slots_.find(slot);
  if (connection == nullptr) return {};
  if (connection->peer.any.sa_family == AF_UNIX) {
    return connection->dead ? sys::NamedAddress{"unix", "", 0} : sys::remote_address(connection->fd);
  }
  return sys::name_address(&connection->peer.any, sizeof connection->peer);
}

sys::NamedAddress Reactor::local_address(int32_t slot) {
  Connection* connection = slots_.find(slot);
  if (connection == nullptr) return {};
  if (!connection->listener->wildcard) return connection->listener->address;
  if (!connection->dead) return sys::local_address(connection->fd);
  return sys::name_address(&connection->local.any, sizeof connection->local);
}

sys::Credentials Reactor::credentials(int32_t slot) {
  Connection* connection = slots_.find(slot);
  if (connection == nullptr || connection->peer.any.sa_family != AF_UNIX) return {};
  return connection->dead ? connection->credentials : sys::peer_credentials(connection->fd);
}

int Reactor::descriptor(int32_t slot) {
  Connection* connection = slots_.find(slot);
  return connection == nullptr || connection->dead ? -1 : connection->fd;
}

int Reactor::watch_foreign(int fd) { return backend_->add(fd, kReadable, kForeignToken); }

int Reactor::unwatch_foreign(int fd) { return backend_->remove(fd, kReadable); }

// What is wanted of the backend follows from the connection's state; it is told only of a change.
void Reactor::refresh_interest(Connection& connection) {
  if (connection.dead) return;
  uint32_t interest = kNothing;
  bool reads = !connection.connecting && (connection.closing || may_deliver(connection));
  if (reads && !connection.ended) interest |= kReadable;
  if (connection.connecting || !connection.output.empty()) interest |= kWritable;
  want(connection, interest);
}

void Reactor::want(Connection& connection, uint32_t interest) {
  if (connection.registered && connection.interest == interest) return;
  int error;
  if (connection.registered)
    error = backend_->modify(connection.fd, connection.interest, interest, token(connection));
  else if (interest == kNothing)
    return;
  else
    error = backend_->add(connection.fd, interest, token(connection));
  if (error < 0) {
    die(connection, -error);
    return;
  }
  connection.registered = true;
  connection.interest = interest;
}

void Reactor::make_due(Connection& connection) {
  if (connection.pending || connection.dead) return;
  connection.pending = true;
  due_.push_back(connection.slot);
}

// Everything that was sent has left: the peer may read to the end, and go on sending.
void Reactor::end_stream(Connection& connection) {
  connection.ending = false;
  sys::syscalls.shutdown(connection.fd, SHUT_WR);
}

void Reactor::start_close(Connection& connection) {
  if (connection.closing) return;
  if (connection.connecting) {
    die(connection, 0);
    return;
  }
  connection.closing = true;
  connection.held = connection.ending = false;
  connection.backlog = connection.end_due = connection.idle_due = connection.drain_due = false;
  connection.framing.reset();
  if (!connection.in_turn) connection.input.clear(connection.slot, handler_);
  vital(connection, kFrameSince) = vital(connection, kBuffered) = 0;
  if (connection.output.empty())
    finish_close(connection);
  else
    refresh_interest(connection);
}

// All is sent. Ending our side first, and closing when the peer has ended its own, lets the peer read everything: closing
// at once would turn unread input into a reset.
void Reactor::finish_close(Connection& connection) {
  if (connection.lingering) return;
  if (connection.ended) {
    die(connection, 0);
    return;
  }
  sys::syscalls.shutdown(connection.fd, SHUT_WR);
  connection.lingering = true;
  connection.linger_until = sys::now_ms() + kLingerMs;
  if (lingering_.empty()) linger_until_ = connection.linger_until;
  lingering_.push_back(token(connection));
  refresh_interest(connection);
}

void Reactor::die(Connection& connection, int error) {
  if (connection.dead) return;
  connection.dead = true;
  // What ends a connection that this side has closed is no error any more.
  connection.error = connection.closing ? 0 : error;
  // The handler may still ask for it when it is told.
  if (connection.listener->wildcard) sys::local_address(connection.fd, &connection.local);
  if (connection.peer.any.sa_family == AF_UNIX) connection.credentials = sys::peer_credentials(connection.fd);
  sys::syscalls.close(connection.fd);
  connection.output.clear();
  dead_.push_back(connection.slot);
  if (accept_retry_ != 0) accept_retry_ = 1;  // there is room for another one: now
}

}  // namespace shiny::reactor
