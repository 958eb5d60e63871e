#include "reactor/datagram_address.h"

#include <arpa/inet.h>

#include <cstring>

namespace shiny::reactor {
namespace {

constexpr int32_t kMapped = 0xffff;

int32_t word(const uint8_t* bytes) {
  uint32_t word;
  std::memcpy(&word, bytes, sizeof word);
  return static_cast<int32_t>(ntohl(word));
}

void put_word(int32_t value, uint8_t* bytes) {
  uint32_t word = htonl(static_cast<uint32_t>(value));
  std::memcpy(bytes, &word, sizeof word);
}

}  // namespace

void to_wire(const sys::PeerAddress& address, WireAddress* wire) {
  *wire = {};
  if (address.any.sa_family == AF_INET) {
    wire->family = 4;
    wire->port = ntohs(address.v4.sin_port);
    wire->words[3] = static_cast<int32_t>(ntohl(address.v4.sin_addr.s_addr));
    return;
  }
  if (address.any.sa_family != AF_INET6) return;
  const uint8_t* bytes = address.v6.sin6_addr.s6_addr;
  wire->port = ntohs(address.v6.sin6_port);
  wire->words[3] = word(bytes + 12);
  if (IN6_IS_ADDR_V4MAPPED(&address.v6.sin6_addr)) {
    wire->family = 4;
    return;
  }
  wire->family = 6;
  wire->scope = static_cast<int32_t>(address.v6.sin6_scope_id);
  for (int i = 0; i < 3; i++) wire->words[i] = word(bytes + 4 * i);
}

uint32_t from_wire(const WireAddress& wire, int domain, sys::PeerAddress* address) {
  std::memset(address, 0, sizeof *address);
  auto port = htons(static_cast<uint16_t>(wire.port));
  if (wire.family == 4 && domain == AF_INET) {
    address->v4.sin_family = AF_INET;
    address->v4.sin_port = port;
    address->v4.sin_addr.s_addr = htonl(static_cast<uint32_t>(wire.words[3]));
    return sizeof address->v4;
  }
  address->v6.sin6_family = AF_INET6;
  address->v6.sin6_port = port;
  address->v6.sin6_scope_id = static_cast<uint32_t>(wire.scope);
  uint8_t* bytes = address->v6.sin6_addr.s6_addr;
  for (int i = 0; i < 4; i++) put_word(wire.words[i], bytes + 4 * i);
  if (wire.family == 4) put_word(kMapped, bytes + 8);
  return sizeof address->v6;
}

}  // namespace shiny::reactor
