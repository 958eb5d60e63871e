// From output records to sockets: one write for each connection and flush, the rest queued until the socket takes it.
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

#include "reactor/reactor.h"
#include "sys/clock.h"
#include "sys/sockets.h"
#include "sys/syscalls.h"

#if !defined(MSG_NOSIGNAL)
#define MSG_NOSIGNAL 0  // there the sockets have SO_NOSIGPIPE
#endif

namespace shiny::reactor {
namespace {

constexpr uint32_t kGather = 64;  // ranges of one sendmsg; IOV_MAX is 1,024 at least

}  // namespace

void Reactor::flush() {
  // Destroyed connections send nothing of what this turn wrote, so they are dealt with before the output.
  auto count = static_cast<uint32_t>(bridge_.control[kCommandCount]);
  for (uint32_t i = 0; i < count; i++) {
    if (bridge_.commands[i].operation != Operation::kDestroy) continue;
    Connection* connection = slots_.find(bridge_.commands[i].slot);
    if (connection == nullptr || connection->dead) continue;
    if (bridge_.commands[i].a != 0) sys::reset_on_close(connection->fd);
    die(*connection, 0);
  }
  flush_output();
  if (datagrams_) datagrams_->flush();
  carry_out_commands();
}

void Reactor::flush_output() {
  auto count = static_cast<uint32_t>(bridge_.output_table[0]);
  if (count == 0) return;
  now_ = sys::coarse_ms();
  auto* records = reinterpret_cast<const OutputRecord*>(bridge_.output_table + kOutputFirst);
  if (next_output_.size() < count) next_output_.resize(count);
  for (uint32_t i = 0; i < count; i++) {
    Connection& connection = slots_.at(records[i].slot);
    next_output_[i] = 0;
    if (connection.first_output == 0)
      connection.first_output = i + 1;
    else
      next_output_[connection.last_output - 1] = i + 1;
    connection.last_output = i + 1;
  }
  for (uint32_t i = 0; i < count; i++) {
    Connection& connection = slots_.at(records[i].slot);
    if (connection.first_output != i + 1) continue;
    if (!connection.dead) write_chain(connection, records);
    connection.first_output = 0;
  }
  bridge_.output_table[0] = 0;
}

void Reactor::write_chain(Connection& connection, const OutputRecord* records) {
  const OutputRecord& first = records[connection.first_output - 1];
  if (connection.first_output == connection.last_output) {
    auto length = static_cast<size_t>(first.end - first.start);
    size_t offered = connection.output.size() + length;
    write_bytes(connection, bridge_.output + first.start, length);
    judge_water(connection, offered);
    return;
  }
  size_t total = 0;
  for (uint32_t i = connection.first_output; i != 0; i = next_output_[i - 1]) {
    total += static_cast<size_t>(records[i - 1].end - records[i - 1].start);
  }
  size_t offered = connection.output.size() + total;
  write_gathered(connection, records, total);
  judge_water(connection, offered);
}

// Several ranges of one connection, because others wrote in between: gathered, so that they are one write all the same.
void Reactor::write_gathered(Connection& connection, const OutputRecord* records, size_t total) {
  iovec ranges[kGather];
  uint32_t count = 0;
  size_t gathered = 0;
  uint32_t next = connection.first_output;
  for (; next != 0 && count < kGather; next = next_output_[next - 1]) {
    const OutputRecord& record = records[next - 1];
    ranges[count++] = {const_cast<uint8_t*>(bridge_.output) + record.start,
                       static_cast<size_t>(record.end - record.start)};
    gathered += ranges[count - 1].iov_len;
  }
  size_t sent = 0;
  if (connection.output.empty() && total > 0) {
    msghdr message{};
    message.msg_iov = ranges;
    message.msg_iovlen = count;
    ssize_t result;
    do result = sys::syscalls.sendmsg(connection.fd, &message, MSG_NOSIGNAL);
    while (result < 0 && errno == EINTR);
    if (result < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
      die(connection, errno);
      return;
    }
    sent = result < 0 ? 0 : static_cast<size_t>(result);
    wrote(connection, sent);
  }
  // What the socket did not take is queued; so is what did not fit into one call, and is offered again at once.
  bool more = next != 0 && sent == gathered;
  for (uint32_t i = connection.first_output; i != 0; i = next_output_[i - 1]) {
    auto length = static_cast<size_t>(records[i - 1].end - records[i - 1].start);
    size_t skip = std::min(sent, length);
    sent -= skip;
    if (length == skip) continue;
    queue_output(connection, bridge_.output + records[i - 1].start + skip, length - skip);
    if (connection.dead) return;
  }
  if (more)
    write_queue(connection);
  else
    refresh_interest(connection);
}

void Reactor::write_bytes(Connection& connection, const uint8_t* bytes, size_t length) {
  if (length == 0) return;
  size_t sent = 0;
  if (connection.output.empty()) {
    ssize_t result;
    do result = sys::syscalls.send(connection.fd, bytes, length, MSG_NOSIGNAL);
    while (result < 0 && errno == EINTR);
    if (result < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
      die(connection, errno);
      return;
    }
    if (result > 0) sent = static_cast<size_t>(result);
    wrote(connection, sent);
    if (sent == length) return;
  }
  queue_output(connection, bytes + sent, length - sent);
  refresh_interest(connection);
}

void Reactor::queue_output(Connection& connection, const uint8_t* bytes, size_t length) {
  if (connection.output.empty()) vital(connection, kLastWrite) = now_;
  if (!connection.output.append(bytes, length)) die(connection, ENOMEM);
}

// Offers the queue to the socket.
void Reactor::write_queue(Connection& connection) {
  while (!connection.output.empty()) {
    ssize_t result =
        sys::syscalls.send(connection.fd, connection.output.data(), connection.output.size(), MSG_NOSIGNAL);
    if (result < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) {
        die(connection, errno);
        return;
      }
      break;
    }
    bool all = static_cast<size_t>(result) == connection.output.size();
    connection.output.consume(static_cast<size_t>(result));
    wrote(connection, static_cast<size_t>(result));
    if (!all) break;
  }
  judge_water(connection, connection.output.size());
  if (connection.dead) return;
  if (connection.closing && connection.output.empty()) finish_close(connection);
  if (connection.ending && connection.output.empty()) end_stream(connection);
  refresh_interest(connection);
}

void Reactor::send_large(int32_t slot, const uint8_t* bytes, size_t length) {
  Connection* connection = slots_.find(slot);
  if (connection == nullptr || connection->dead) return;
  now_ = sys::coarse_ms();
  size_t offered = connection->output.size() + length;
  write_bytes(*connection, bytes, length);
  judge_water(*connection, offered);
}

void Reactor::wrote(Connection& connection, size_t length) {
  if (length == 0) return;
  bridge_.sent[connection.slot] += static_cast<double>(length);
  vital(connection, kLastWrite) = now_;
}

// `offered` was to be sent in all; what of it is left decides.
void Reactor::judge_water(Connection& connection, size_t offered) {
  if (connection.dead) return;
  if (offered > connection.high_water) {
    connection.above = true;
    connection.drain_due = false;  // of a fall that nobody has been told of yet
  }
  if (!connection.above || connection.output.size() > connection.low_water) return;
  connection.above = false;
  connection.drain_due = true;
  make_due(connection);
  if (!connection.closing) refresh_interest(connection);
}

void Reactor::carry_out_commands() {
  auto count = static_cast<uint32_t>(bridge_.control[kCommandCount]);
  for (uint32_t i = 0; i < count; i++) carry_out(bridge_.commands[i]);
  bridge_.control[kCommandCount] = 0;
}

void Reactor::carry_out(const Command& command) {
  Connection* connection = slots_.find(command.slot);
  if (connection == nullptr || connection->dead) return;
  switch (command.operation) {
    case Operation::kHold:
      connection->held = true;  // the backend is told only if something arrives meanwhile
      break;
    case Operation::kRelease:
      connection->held = false;
      refresh_interest(*connection);
      if (connection->backlog || connection->end_due || connection->idle_due) make_due(*connection);
      break;
    case Operation::kClose:
      start_close(*connection);
      break;
    case Operation::kDrainInput:
      connection->idle_due = true;
      make_due(*connection);
      break;
    case Operation::kHalfClose:
      connection->ending = !connection->closing;
      if (connection->ending && connection->output.empty()) end_stream(*connection);
      break;
    case Operation::kReframe:
      reframe(*connection, command.a, command.b != 0);
      break;
    case Operation::kSetWater:
      connection->high_water = static_cast<uint32_t>(command.a);
      connection->low_water = static_cast<uint32_t>(command.b);
      break;
    case Operation::kDestroy:
      break;  // done before the output
  }
}

}  // namespace shiny::reactor
