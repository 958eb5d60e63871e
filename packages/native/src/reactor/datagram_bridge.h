// The memory that one UDP socket shares with whoever handles its datagrams, who owns it and keeps it in place until the socket is
// closed. packages/core/src/reactor/native/datagram-layout.ts is the same in TypeScript.
//
// In a turn the reactor fills `received` and `failures` and adds one record for the socket; the handler fills `outgoing`, which
// is sent at the end of the turn.
#pragma once

#include <cstdint>

namespace shiny::reactor {

// An IP address and a port, in words, so that it can be compared and kept without being formatted. An IPv4 peer of an IPv6
// socket is an IPv4 address here.
struct WireAddress {
  int32_t family;  // 4 or 6; 0: unknown
  int32_t port;
  int32_t scope;     // of a link-local IPv6 address: the interface's number
  int32_t words[4];  // in the order of the network, each as a number; an IPv4 address is the last one
};

// The bytes lie in `input`, at the entry's index times `stride`.
struct ReceivedDatagram {
  int32_t length;  // -1: it was longer than the stride and is lost
  WireAddress from;
};

// The bytes lie in `output`, from `start` to `end`.
struct OutgoingDatagram {
  int32_t start;
  int32_t end;
  WireAddress to;
};
constexpr uint32_t kOutgoingWords = sizeof(OutgoingDatagram) / sizeof(int32_t);
// Word 0 of `outgoing` counts its entries, words 1 to 7 hold the address that was last asked for; the entries follow.
constexpr uint32_t kOutgoingFirst = 8;

struct FailedDatagram {
  int32_t error;
  WireAddress to;  // family 0 where the error is the socket's own
};

// What has happened to the socket's datagrams since it was bound.
enum DatagramFact : uint32_t {
  kReceived = 0,
  kReceivedBytes = 1,
  kSent = 2,
  kSentBytes = 3,
  kTooLong = 4,   // received ones that were longer than the stride
  kUnsent = 5,    // the system refused to send them
  kOverflow = 6,  // dropped because the queue was full
  kQueued = 7,    // bytes that the socket has not taken yet, and kQueuedOverhead for each datagram
  kDatagramFacts = 8,
};
constexpr uint32_t kQueuedOverhead = 64;

// Flags of the record of a socket: [received, failures, -, -, -, flags, errno].
enum DatagramFlags : int32_t {
  kDatagramDrained = 1,   // the queue fell to the low-water mark
  kDatagramFinished = 2,  // all that had arrived was told, and the queue is empty
  kDatagramBroken = 4,    // the socket fails for good: close it
};

struct DatagramBridge {
  uint8_t* input = nullptr;
  uint32_t stride = 0;  // bytes; the longest datagram, or more
  uint32_t longest = 0;
  ReceivedDatagram* received = nullptr;
  uint32_t batch = 0;  // entries of `received`
  FailedDatagram* failures = nullptr;
  uint32_t failure_capacity = 0;
  const uint8_t* output = nullptr;
  int32_t* outgoing = nullptr;
  double* facts = nullptr;
};

// In bytes of the queue, as kQueued counts them.
struct DatagramMarks {
  uint32_t high_water = 65536;
  uint32_t low_water = 32768;
  uint32_t cap = 1024 * 1024;
};

}  // namespace shiny::reactor
