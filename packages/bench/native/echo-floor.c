/* The floor: the least that an echo server costs on this machine. One thread, level-triggered epoll, no queues.
 * Usage: echo-floor [--port N]; listens on 127.0.0.1 and prints the port; 0, the default, lets the system choose. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static char chunk[64 * 1024];

/* Waiting for a slow reader here would not do for a server; a peer that always reads never makes it wait long. */
static int send_all(int fd, const char *bytes, ssize_t left) {
  while (left > 0) {
    ssize_t sent = send(fd, bytes, left, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
    else if (sent < 0) return -1;
    else bytes += sent, left -= sent;
  }
  return 0;
}

int main(int argc, char **argv) {
  int port = argc == 3 && strcmp(argv[1], "--port") == 0 ? atoi(argv[2]) : argc == 1 ? 0 : -1;
  if (port < 0 || port > 65535) errx(2, "usage: echo-floor [--port N]");
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  int yes = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), set = epoll_create1(0);
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
          epoll_ctl(set, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
        }
        continue;
      }
      ssize_t got = recv(fd, chunk, sizeof chunk, 0);
      if (got < 0 && errno == EAGAIN) continue;
      if (got <= 0 || send_all(fd, chunk, got)) close(fd);
    }
  }
}
