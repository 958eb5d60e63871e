/* What the floors share: one thread on level-triggered epoll, no queues, no life-cycle, nothing that could be left out. */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

/* Waiting for a slow reader here would not do for a server; a peer that always reads never makes it wait long. */
static inline int send_all(int fd, const char *bytes, ssize_t left) {
  while (left > 0) {
    ssize_t sent = send(fd, bytes, left, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
    else if (sent < 0) return -1;
    else bytes += sent, left -= sent;
  }
  return 0;
}

/* The port that the arguments name; 0, the default, lets the system choose. */
static inline int port_of(int argc, char **argv) {
  int port = argc == 3 && strcmp(argv[1], "--port") == 0 ? atoi(argv[2]) : argc == 1 ? 0 : -1;
  if (port < 0 || port > 65535) errx(2, "usage: %s [--port N]", argv[0]);
  return port;
}

/* Listens on 127.0.0.1, prints the port and serves for ever. `begin` is told of a new connection, `serve` that one can be read;
 * it answers false when the connection is to be closed. Both are inlined. */
static inline __attribute__((always_inline)) void serve_forever(int port, void (*begin)(int fd), int (*serve)(int fd)) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  int yes = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), set = epoll_create1(0);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&at, size) || listen(listener, 4096)) err(1, "cannot listen on port %d", port);
  getsockname(listener, (struct sockaddr *)&at, &size);
  epoll_ctl(set, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.fd = listener});
  printf("%d\n", ntohs(at.sin_port)), fflush(stdout);

  for (struct epoll_event ready[256];;) {
    int count = epoll_wait(set, ready, 256, -1);
    for (int i = 0; i < count; i++) {
      int fd = ready[i].data.fd;
      if (fd == listener) {
        while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
          setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
          begin(fd);
          epoll_ctl(set, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
        }
      } else if (!serve(fd)) {
        close(fd);
      }
    }
  }
}
#endif
