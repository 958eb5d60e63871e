/* The floor of an echo server: the least that one costs on this machine, one recv and one send for each chunk.
 * Usage: echo-floor [--port N] */
#define _GNU_SOURCE
#include "floor.h"

/* With 64 KiB each byte of a message of a mebibyte costs half as much again; a larger one than this costs more too. */
static char chunk[256 * 1024];

static inline void begin(int fd) { (void)fd; }

static inline int serve(int fd) {
  ssize_t got = recv(fd, chunk, sizeof chunk, 0);
  if (got < 0 && errno == EAGAIN) return 1;
  return got > 0 && send_all(fd, chunk, got) == 0;
}

int main(int argc, char **argv) { serve_forever(port_of(argc, argv), begin, serve); }
