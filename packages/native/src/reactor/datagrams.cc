#include "reactor/datagrams.h"

#include "reactor/reactor.h"
#include "sys/syscalls.h"

namespace shiny::reactor {

int Datagrams::add(int fd, const DatagramBridge& bridge, const DatagramMarks& marks) {
  if (free_.empty()) {
    free_.push_back(static_cast<int32_t>(sockets_.size()));
    sockets_.emplace_back();
  }
  int32_t index = free_.back();
  auto socket = std::make_unique<DatagramSocket>(fd, backend_, bridge, marks);
  int error = socket->watch(kTokenBit | static_cast<uint32_t>(index));
  if (error < 0) return error;
  free_.pop_back();
  sockets_[static_cast<size_t>(index)] = std::move(socket);
  return index;
}

void Datagrams::close(int32_t index) {
  if (find(index) == nullptr) return;
  sockets_[static_cast<size_t>(index)].reset();
  closed_.push_back(index);
}

DatagramSocket* Datagrams::find(int32_t index) {
  if (index < 0 || static_cast<size_t>(index) >= sockets_.size()) return nullptr;
  return sockets_[static_cast<size_t>(index)].get();
}

void Datagrams::ready(uint64_t token, uint32_t readiness) {
  DatagramSocket* socket = find(static_cast<int32_t>(token & 0xffffffff));
  if (socket != nullptr) socket->ready(readiness);
}

bool Datagrams::due() const {
  for (auto& socket : sockets_)
    if (socket && socket->due()) return true;
  return false;
}

void Datagrams::flush() {
  for (auto& socket : sockets_)
    if (socket) socket->flush();
}

void Datagrams::begin_turn() {
  free_.insert(free_.end(), closed_.begin(), closed_.end());
  closed_.clear();
}

Datagrams& Reactor::datagrams() {
  if (!datagrams_) datagrams_ = std::make_unique<Datagrams>(*backend_);
  return *datagrams_;
}

// One record for each socket that has something to tell. Those behind the one that was told last go first, so that a full table
// of records starves none.
void Reactor::report_datagrams() {
  datagrams_->begin_turn();
  size_t count = datagrams_->size();
  for (size_t i = 0; i < count && !records_full(); i++) {
    next_datagrams_ = next_datagrams_ + 1 < count ? next_datagrams_ + 1 : 0;
    auto index = static_cast<int32_t>(next_datagrams_);
    DatagramSocket* socket = datagrams_->find(index);
    if (socket == nullptr) continue;
    Record* record = add_record(RecordKind::kDatagrams, index);
    if (!socket->tell(record)) record_count_--;
  }
}

}  // namespace shiny::reactor
