/* What the programs that play the client share: failing clearly, the clock, sockets, waiting to be told to go on. */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_TIMEOUT = 3 };

extern const char program[];

__attribute__((noreturn, format(printf, 2, 3))) static inline void fail(int code, const char *format, ...) {
  va_list values;
  va_start(values, format);
  fprintf(stderr, "%s: ", program);
  vfprintf(stderr, format, values);
  fputc('\n', stderr);
  va_end(values);
  exit(code);
}

static inline uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The number that `text` is, when it lies between the bounds. */
static inline double number_of(const char *flag, const char *text, double least, double most) {
  char *end;
  double value = strtod(text, &end);
  if (*text == 0 || *end != 0 || !(value >= least && value <= most))
    fail(EXIT_USAGE, "%s takes a number from %.10g to %.10g, not \"%s\"", flag, least, most, text);
  return value;
}

/* Every connection is a descriptor, so ask for as many as the hard limit grants. */
static inline void raise_descriptor_limit(int wanted) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < (rlim_t)wanted + 16)
    fail(EXIT_FAILED, "%d connections need more than the %ju descriptors allowed", wanted, (uintmax_t)limit.rlim_cur);
}

/* Which loopback address the n-th of so many connections comes from: ports last longer when there are several. 0: any. */
static inline uint32_t source_of(int n, int connections) {
  return connections > 4000 ? INADDR_LOOPBACK + (uint32_t)n % 16 : 0;
}

/* A connected blocking socket from an address, or from any when that is 0; gives up after five seconds. */
static inline int open_connection(const char *host, int port, uint32_t source) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (inet_pton(AF_INET, host, &to.sin_addr) != 1) fail(EXIT_USAGE, "--host takes an IPv4 address, not \"%s\"", host);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  if (fd < 0) fail(EXIT_FAILED, "no socket: %s", strerror(errno));
  struct timeval patience = {.tv_sec = 5};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (source != 0) {
    /* The port is chosen by connect(), so that each address has as many as there are pairs. */
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(source)};
    if (bind(fd, (struct sockaddr *)&from, sizeof from) != 0) fail(EXIT_FAILED, "bind: %s", strerror(errno));
  }
  if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
    fail(EXIT_FAILED, "cannot connect to %s:%d: %s", host, port, strerror(errno));
  return fd;
}

/* Has a connection watched for room to write as well, or no longer; `watched` says which holds. */
static inline void watch_writes(int set, int fd, void *client, int *watched, int wanted) {
  if (*watched == wanted) return;
  *watched = wanted;
  uint32_t events = wanted ? EPOLLIN | EPOLLOUT : EPOLLIN;
  epoll_ctl(set, EPOLL_CTL_MOD, fd, &(struct epoll_event){.events = events, .data.ptr = client});
}

/* Sends `request` on a blocking socket and reads `size` bytes of reply; false when they do not come or differ. */
static inline int exchange(int fd, const char *request, size_t length, const char *reply, size_t size) {
  char got[64];
  size_t have = 0;
  if (size > sizeof got || send(fd, request, length, MSG_NOSIGNAL) != (ssize_t)length) return 0;
  while (have < size) {
    ssize_t n = recv(fd, got + have, size - have, 0);
    if (n <= 0) return 0;
    have += (size_t)n;
  }
  return memcmp(got, reply, size) == 0;
}

/* Prints a line and waits for one: who started us takes its samples while the server is at rest. */
static inline void gate(const char *line, int seconds) {
  char ignored[64];
  puts(line);
  fflush(stdout);
  if (poll(&(struct pollfd){.fd = 0, .events = POLLIN}, 1, seconds * 1000) != 1)
    fail(EXIT_TIMEOUT, "nothing came on standard input for %d s", seconds);
  if (read(0, ignored, sizeof ignored) <= 0) exit(EXIT_FAILED);
}
#endif
