#include "reactor/datagram_socket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "reactor/datagram_address.h"
#include "sys/datagram.h"
#include "sys/sockets.h"

#if !defined(MSG_NOSIGNAL)
#define MSG_NOSIGNAL 0
#endif

namespace shiny::reactor {
namespace {

constexpr uint32_t kSendBatch = 64;
constexpr int kReportBatch = 64;
// A socket that fails so often in a row without receiving anything would spin for ever.
constexpr uint32_t kMostReceiveErrors = 64;

// Whether the system may be telling of an earlier datagram, by an answer of the network.
bool may_be_report(int error) {
  return error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH || error == EHOSTDOWN ||
         error == EPROTO || error == EACCES || error == ENOPROTOOPT || error == EMSGSIZE || error == EOPNOTSUPP;
}

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

// Where a datagram is on its way out.
struct Parcel {
  const uint8_t* bytes;
  size_t length;
  const WireAddress* to;
};

}  // namespace

DatagramSocket::DatagramSocket(int fd, Backend& backend, const DatagramBridge& bridge, const DatagramMarks& marks)
    : fd_(fd),
      backend_(backend),
      bridge_(bridge),
      marks_(marks),
      headers_(bridge.batch),
      ranges_(bridge.batch),
      peers_(bridge.batch) {
  sys::local_address(fd, &local_);
  for (uint32_t i = 0; i < bridge.batch; i++) {
    ranges_[i] = {bridge.input + size_t{i} * bridge.stride, bridge.longest};
    msghdr& header = headers_[i].msg_hdr;
    std::memset(&header, 0, sizeof header);
    header.msg_iov = &ranges_[i];
    header.msg_iovlen = 1;
    header.msg_name = &peers_[i];
  }
}

DatagramSocket::~DatagramSocket() { sys::syscalls.close(fd_); }

int DatagramSocket::watch(uint64_t token) {
  token_ = token;
  return backend_.add(fd_, kNothing, token);
}

void DatagramSocket::start() {
  reading_ = true;
  refresh_interest();
}

void DatagramSocket::ready(uint32_t readiness) {
  if (broken_ != 0) return;
  if (readiness & kBroken) collect_reports();
  if (readiness & kWriteReady) send_queue();
  if (readiness & (kReadReady | kBroken)) receive();
  // An error is reported whatever the interest, until it is taken off the socket.
  if ((readiness & kBroken) && !reading_) sys::take_error(fd_);
}

bool DatagramSocket::due() const {
  if (received_ > 0 || failures_ > 0 || drain_due_) return true;
  if (broken_ != 0) return finish_due_;
  return finishing_ && (reading_ || (finish_due_ && queue_.empty()));
}

bool DatagramSocket::tell(Record* record) {
  if (finishing_ && reading_) receive();
  bool finished = finish_due_ && finishing_ && !reading_ && received_ == 0 && queue_.empty();
  bool broke = finish_due_ && broken_ != 0;
  if (received_ == 0 && failures_ == 0 && !drain_due_ && !finished && !broke) return false;
  record->start = static_cast<int32_t>(received_);
  record->end = static_cast<int32_t>(failures_);
  record->flags =
      (drain_due_ ? kDatagramDrained : 0) | (finished ? kDatagramFinished : 0) | (broke ? kDatagramBroken : 0);
  record->reason = broken_;
  received_ = failures_ = 0;
  drain_due_ = false;
  if (finished || broke) finish_due_ = false;
  return true;
}

void DatagramSocket::finish() { finishing_ = finish_due_ = true; }

void DatagramSocket::receive() {
  // What has been received and not been told of must stay where it is.
  if (!reading_ || received_ > 0) return;
  for (sys::DatagramHeader& header : headers_) header.msg_hdr.msg_namelen = sizeof(sys::PeerAddress);
  for (int attempt = 0; attempt < 3; attempt++) {
    int count;
    do count = sys::syscalls.recvmmsg(fd_, headers_.data(), bridge_.batch, MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    if (count >= 0) {
      take(static_cast<uint32_t>(count));
      return;
    }
    if (!receive_failed(errno)) return;
  }
}

// False when there is nothing to be received just now.
bool DatagramSocket::receive_failed(int error) {
  if (would_block(error)) {
    if (finishing_) {
      reading_ = false;
      refresh_interest();
    }
    return false;
  }
  if (may_be_report(error)) {
    collect_reports();
    return true;
  }
  failed(error, {});
  if (++receive_errors_ >= kMostReceiveErrors) break_off(error);
  return false;
}

void DatagramSocket::take(uint32_t count) {
  receive_errors_ = 0;
  double bytes = 0;
  for (uint32_t i = 0; i < count; i++) {
    const sys::DatagramHeader& header = headers_[i];
    ReceivedDatagram& datagram = bridge_.received[i];
    if (header.msg_hdr.msg_namelen == 0) peers_[i].any.sa_family = AF_UNSPEC;
    to_wire(peers_[i], &datagram.from);
    bool too_long = (header.msg_hdr.msg_flags & MSG_TRUNC) != 0;
    datagram.length = too_long ? -1 : static_cast<int32_t>(header.msg_len);
    bytes += header.msg_len;
    if (too_long) bridge_.facts[kTooLong]++;
  }
  bridge_.facts[kReceived] += count;
  bridge_.facts[kReceivedBytes] += bytes;
  received_ = count;
  if (finishing_ && count < bridge_.batch) {
    reading_ = false;
    refresh_interest();
  }
}

void DatagramSocket::collect_reports() {
  sys::DatagramReport report;
  for (int i = 0; i < kReportBatch && sys::take_report(fd_, &report); i++) {
    WireAddress to;
    to_wire(report.to, &to);
    failed(report.error, to);
  }
}

void DatagramSocket::flush() {
  auto count = static_cast<uint32_t>(bridge_.outgoing[0]);
  if (count == 0) return;
  bridge_.outgoing[0] = 0;
  const OutgoingDatagram* first = outgoing();
  uint32_t done = 0;
  if (queue_.empty()) {
    done = send(count, [&](uint32_t i) {
      const OutgoingDatagram& datagram = first[i];
      return Parcel{bridge_.output + datagram.start, static_cast<size_t>(datagram.end - datagram.start), &datagram.to};
    });
    if (done == count) return;
  }
  for (; done < count; done++) queue(first[done]);
  judge_water();
  refresh_interest();
}

// Offers datagrams to the system, which `at` gives by their index. Returns how many are dealt with, be they sent or refused; the next
// one must wait.
template <typename At>
uint32_t DatagramSocket::send(uint32_t count, At at) {
  sys::DatagramHeader headers[kSendBatch];
  iovec ranges[kSendBatch];
  sys::PeerAddress peers[kSendBatch];
  uint32_t done = 0;
  bool retried = false;
  while (done < count) {
    uint32_t offered = std::min(count - done, kSendBatch);
    for (uint32_t i = 0; i < offered; i++) {
      Parcel parcel = at(done + i);
      ranges[i] = {const_cast<uint8_t*>(parcel.bytes), parcel.length};
      msghdr& header = headers[i].msg_hdr;
      std::memset(&header, 0, sizeof header);
      header.msg_iov = &ranges[i];
      header.msg_iovlen = 1;
      header.msg_name = &peers[i];
      header.msg_namelen = from_wire(*parcel.to, local_.any.sa_family, &peers[i]);
    }
    int sent = sys::syscalls.sendmmsg(fd_, headers, offered, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      for (int i = 0; i < sent; i++) bridge_.facts[kSentBytes] += static_cast<double>(ranges[i].iov_len);
      bridge_.facts[kSent] += sent;
      done += static_cast<uint32_t>(sent);
      retried = false;
      continue;
    }
    int error = sent < 0 ? errno : EAGAIN;
    if (error == EINTR) continue;
    if (would_block(error)) break;
    if (may_be_report(error) && !retried) {
      // The answer to an earlier datagram is told in place of sending this one: offered again, it leaves.
      collect_reports();
      retried = true;
      continue;
    }
    bridge_.facts[kUnsent]++;
    failed(error, *at(done).to);
    done++;
    retried = false;
  }
  return done;
}

// Above the cap a datagram is dropped, as the network would drop it.
void DatagramSocket::queue(const OutgoingDatagram& datagram) {
  auto length = static_cast<uint32_t>(datagram.end - datagram.start);
  double queued = bridge_.facts[kQueued] + length + kQueuedOverhead;
  uint8_t* bytes = queued > marks_.cap && !queue_.empty() ? nullptr : new (std::nothrow) uint8_t[length];
  if (bytes == nullptr) {
    bridge_.facts[kOverflow]++;
    return;
  }
  std::memcpy(bytes, bridge_.output + datagram.start, length);
  queue_.push_back({std::unique_ptr<uint8_t[]>(bytes), length, datagram.to});
  bridge_.facts[kQueued] = queued;
}

void DatagramSocket::send_queue() {
  if (queue_.empty()) return;
  uint32_t done = send(static_cast<uint32_t>(queue_.size()), [&](uint32_t i) {
    const Queued& datagram = queue_[i];
    return Parcel{datagram.bytes.get(), datagram.length, &datagram.to};
  });
  for (; done > 0; done--) {
    bridge_.facts[kQueued] -= queue_.front().length + kQueuedOverhead;
    queue_.pop_front();
  }
  judge_water();
  refresh_interest();
}

void DatagramSocket::judge_water() {
  double queued = bridge_.facts[kQueued];
  if (queued > marks_.high_water) {
    above_ = true;
  } else if (above_ && queued <= marks_.low_water) {
    above_ = false;
    drain_due_ = true;
  }
}

// What there is no room for is not told; the counters have it if a call failed.
void DatagramSocket::failed(int error, const WireAddress& to) {
  if (failures_ < bridge_.failure_capacity) bridge_.failures[failures_++] = {error, to};
}

void DatagramSocket::refresh_interest() {
  uint32_t interest = (reading_ ? kReadable : kNothing) | (queue_.empty() ? kNothing : kWritable);
  if (interest == interest_ || broken_ != 0) return;
  int error = backend_.modify(fd_, interest_, interest, token_);
  interest_ = interest;
  if (error < 0) break_off(-error);
}

void DatagramSocket::break_off(int error) {
  if (broken_ != 0) return;
  broken_ = error;
  finish_due_ = true;
  backend_.remove(fd_, interest_);
}

}  // namespace shiny::reactor
