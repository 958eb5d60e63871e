// Socket addresses: from text, and back into it.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <string>
#include <string_view>

namespace shiny::sys {

// Large enough for the addresses that a connection keeps. A Unix path is asked of the system when it is wanted.
union PeerAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
  sockaddr_un local;
  sockaddr_storage storage;
};

// An address as JavaScript is told of it.
struct NamedAddress {
  const char* family = "unknown";  // "ipv4", "ipv6", "unix" or "unknown"
  std::string host;                // numeric, or a path; an abstract name of Linux begins with a NUL byte
  int port = 0;
};

// Fill `address` and return its length, or a negative errno. The host must be numeric. A path that begins with a NUL byte is an
// abstract name, where there are such.
int ip_address(const char* host, int port, SocketAddress* address);
int unix_address(std::string_view path, SocketAddress* address);

// An IPv4 peer of an IPv6 socket is named by its IPv4 address.
NamedAddress name_address(const sockaddr* address, socklen_t length);

}  // namespace shiny::sys
