#include "sys/address.h"

#include <arpa/inet.h>
#include <net/if.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace shiny::sys {
namespace {

// Appends `%eth0`: a link-local address means nothing without its interface.
void append_scope(std::string* host, uint32_t index) {
  char name[IF_NAMESIZE];
  if (index == 0) return;
  host->push_back('%');
  host->append(if_indextoname(index, name) != nullptr ? name : std::to_string(index));
}

}  // namespace

int ip_address(const char* host, int port, SocketAddress* address) {
  std::memset(address, 0, sizeof *address);
  if (inet_pton(AF_INET, host, &address->v4.sin_addr) == 1) {
    address->v4.sin_family = AF_INET;
    address->v4.sin_port = htons(static_cast<uint16_t>(port));
    return sizeof(sockaddr_in);
  }
  std::string numeric = host;
  std::string scope;
  if (size_t percent = numeric.find('%'); percent != std::string::npos) {
    scope = numeric.substr(percent + 1);
    numeric.resize(percent);
  }
  if (inet_pton(AF_INET6, numeric.c_str(), &address->v6.sin6_addr) != 1) return -EINVAL;
  address->v6.sin6_family = AF_INET6;
  address->v6.sin6_port = htons(static_cast<uint16_t>(port));
  if (!scope.empty()) {
    unsigned index = if_nametoindex(scope.c_str());
    address->v6.sin6_scope_id = index != 0 ? index : static_cast<unsigned>(std::atoi(scope.c_str()));
  }
  return sizeof(sockaddr_in6);
}

int unix_address(std::string_view path, SocketAddress* address) {
  std::memset(address, 0, sizeof *address);
  if (path.empty()) return -EINVAL;
  bool abstract = path[0] == '\0';
#if !defined(__linux__)
  if (abstract) return -EINVAL;
#endif
  if (path.find('\0', 1) != std::string_view::npos) return -EINVAL;
  // A path ends in a NUL byte, an abstract name begins with one.
  size_t length = abstract ? path.size() : path.size() + 1;
  if (length > sizeof address->local.sun_path) return -ENAMETOOLONG;
  address->local.sun_family = AF_UNIX;
  std::memcpy(address->local.sun_path, path.data(), path.size());
  return static_cast<int>(offsetof(sockaddr_un, sun_path) + length);
}

NamedAddress name_address(const sockaddr* address, socklen_t length) {
  NamedAddress named;
  char text[INET6_ADDRSTRLEN];
  if (address->sa_family == AF_INET) {
    auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    named.family = "ipv4";
    named.host = inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    named.port = ntohs(v4->sin_port);
  } else if (address->sa_family == AF_INET6) {
    auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    bool mapped = IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr);
    named.family = mapped ? "ipv4" : "ipv6";
    named.host = mapped ? inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text, sizeof text)
                        : inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
    if (IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr)) append_scope(&named.host, v6->sin6_scope_id);
    named.port = ntohs(v6->sin6_port);
  } else if (address->sa_family == AF_UNIX) {
    auto* local = reinterpret_cast<const sockaddr_un*>(address);
    size_t given = length > offsetof(sockaddr_un, sun_path) ? length - offsetof(sockaddr_un, sun_path) : 0;
    named.family = "unix";
    bool abstract = given > 0 && local->sun_path[0] == '\0';
    named.host.assign(local->sun_path, abstract ? given : strnlen(local->sun_path, given));
  }
  return named;
}

}  // namespace shiny::sys
