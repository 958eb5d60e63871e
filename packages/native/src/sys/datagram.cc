#include "sys/datagram.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/errqueue.h>
#include <linux/sock_diag.h>
#endif

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "sys/syscalls.h"

#if !defined(IPV6_ADD_MEMBERSHIP)
#define IPV6_ADD_MEMBERSHIP IPV6_JOIN_GROUP
#define IPV6_DROP_MEMBERSHIP IPV6_LEAVE_GROUP
#endif

namespace shiny::sys {
namespace {

int enable(int fd, int level, int option, int value = 1) {
  return syscalls.setsockopt(fd, level, option, &value, sizeof value);
}

int open_socket(int domain) {
#if defined(SOCK_NONBLOCK) && defined(SOCK_CLOEXEC)
  return syscalls.socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else
  int fd = syscalls.socket(domain, SOCK_DGRAM, 0);
  if (fd < 0) return fd;
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
#endif
}

int fail(int fd) {
  int error = errno;
  if (fd >= 0) syscalls.close(fd);
  return -error;
}

int configure(int fd, int domain, const DatagramOptions& options) {
  if (domain == AF_INET6 && enable(fd, IPPROTO_IPV6, IPV6_V6ONLY, options.ipv6_only ? 1 : 0) < 0) return -1;
  if (options.reuse_port && enable(fd, SOL_SOCKET, SO_REUSEPORT) < 0) return -1;
  if (options.broadcast && enable(fd, SOL_SOCKET, SO_BROADCAST) < 0) return -1;
  if (options.receive_buffer > 0 && enable(fd, SOL_SOCKET, SO_RCVBUF, options.receive_buffer) < 0) return -1;
  if (options.send_buffer > 0 && enable(fd, SOL_SOCKET, SO_SNDBUF, options.send_buffer) < 0) return -1;
#if defined(__linux__)
  // Without it an unconnected socket is not told what ICMP says. A dual-stack socket needs both.
  enable(fd, IPPROTO_IP, IP_RECVERR);
  if (domain == AF_INET6) enable(fd, IPPROTO_IPV6, IPV6_RECVERR);
#endif
  return 0;
}

unsigned interface_index(const char* interface) {
  unsigned index = if_nametoindex(interface);
  return index != 0 ? index : static_cast<unsigned>(std::atoi(interface));
}

}  // namespace

int bind_datagram(const SocketAddress& address, int length, const DatagramOptions& options) {
  int domain = address.any.sa_family;
  int fd = open_socket(domain);
  if (fd < 0) return fail(fd);
  if (configure(fd, domain, options) < 0) return fail(fd);
  if (syscalls.bind(fd, &address.any, static_cast<socklen_t>(length)) < 0) return fail(fd);
  return fd;
}

bool take_report(int fd, DatagramReport* report) {
#if defined(__linux__)
  for (;;) {
    alignas(cmsghdr) char control[512];
    msghdr message{};
    message.msg_name = &report->to;
    message.msg_namelen = sizeof report->to;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    if (syscalls.recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
      bool is_error = (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR) ||
                      (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR);
      if (!is_error) continue;
      sock_extended_err error;
      std::memcpy(&error, CMSG_DATA(part), sizeof error);
      // What fails on this machine is told by the call that sends; only what comes from outside is news.
      if (error.ee_origin != SO_EE_ORIGIN_ICMP && error.ee_origin != SO_EE_ORIGIN_ICMP6) continue;
      report->error = static_cast<int>(error.ee_errno);
      return true;
    }
  }
#else
  return false;
#endif
}

int64_t lost_datagrams(int fd) {
#if defined(__linux__) && defined(SO_MEMINFO)
  uint32_t info[SK_MEMINFO_VARS];
  socklen_t length = sizeof info;
  if (syscalls.getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &length) < 0 || length < sizeof info) return -1;
  return info[SK_MEMINFO_DROPS];
#else
  return -1;
#endif
}

int change_group(int fd, const char* group, const char* interface, bool join) {
  ip_mreqn v4{};
  if (inet_pton(AF_INET, group, &v4.imr_multiaddr) == 1) {
    if (*interface != '\0' && inet_pton(AF_INET, interface, &v4.imr_address) != 1) {
      v4.imr_ifindex = static_cast<int>(interface_index(interface));
      if (v4.imr_ifindex == 0) return -ENODEV;
    }
    int option = join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP;
    return syscalls.setsockopt(fd, IPPROTO_IP, option, &v4, sizeof v4) < 0 ? -errno : 0;
  }
  ipv6_mreq v6{};
  if (inet_pton(AF_INET6, group, &v6.ipv6mr_multiaddr) != 1) return -EINVAL;
  if (*interface != '\0') {
    v6.ipv6mr_interface = interface_index(interface);
    if (v6.ipv6mr_interface == 0) return -ENODEV;
  }
  int option = join ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP;
  return syscalls.setsockopt(fd, IPPROTO_IPV6, option, &v6, sizeof v6) < 0 ? -errno : 0;
}

}  // namespace shiny::sys
