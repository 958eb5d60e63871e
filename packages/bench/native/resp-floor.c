/* The floor of a RESP server: the least that any costs here. It looks at the first bytes of a chunk to know which of
 * redis-benchmark's tests is run, counts requests by their fixed size, and answers as many fixed replies by one send.
 * Usage: resp-floor [--port N] */
#define _GNU_SOURCE
#include "floor.h"

typedef struct {
  const char *begins; /* what a chunk of this test begins with */
  size_t size;        /* of a request */
  const char *reply;
} Kind;

/* redis-benchmark asks for two settings first, and goes on without them after an error. */
static const char settings[] = "*3\r\n$6\r\nCONFIG";

static const Kind kinds[] = {
    {"P", sizeof "PING\r\n" - 1, "+PONG\r\n"},
    {"*1", sizeof "*1\r\n$4\r\nPING\r\n" - 1, "+PONG\r\n"},
    {"*2", sizeof "*2\r\n$3\r\nGET\r\n$16\r\nkey:__rand_int__\r\n" - 1, "$3\r\nxxx\r\n"},
    {"*3", sizeof "*3\r\n$3\r\nSET\r\n$16\r\nkey:__rand_int__\r\n$3\r\nxxx\r\n" - 1, "+OK\r\n"},
};
enum { KINDS = sizeof kinds / sizeof *kinds, CHUNK = 64 * 1024, DESCRIPTORS = 1 << 20 };

/* Of each connection: the test that its requests are of, and how much of a request has come without its end. */
static struct {
  unsigned char kind;
  unsigned char part;
} states[DESCRIPTORS];

static char chunk[CHUNK];
/* Of each kind, as many replies as a chunk can ask for. */
static char *replies[KINDS];

static inline void begin(int fd) { states[fd].kind = KINDS, states[fd].part = 0; }

static inline int serve(int fd) {
  ssize_t got = recv(fd, chunk, sizeof chunk, 0);
  if (got < 0 && errno == EAGAIN) return 1;
  if (got <= 0) return 0;
  unsigned kind = states[fd].kind;
  if (states[fd].part == 0) {
    if (got > (ssize_t)sizeof settings && memcmp(chunk, settings, sizeof settings - 1) == 0)
      return send_all(fd, "-ERR\r\n-ERR\r\n", 12) == 0;
    for (kind = 0; kind < KINDS && strncmp(chunk, kinds[kind].begins, strlen(kinds[kind].begins)) != 0;) kind++;
    if (kind == KINDS) return 0;
    states[fd].kind = (unsigned char)kind;
  }
  size_t all = states[fd].part + (size_t)got, size = kinds[kind].size;
  states[fd].part = (unsigned char)(all % size);
  return send_all(fd, replies[kind], (ssize_t)(all / size * strlen(kinds[kind].reply))) == 0;
}

int main(int argc, char **argv) {
  int port = port_of(argc, argv);
  for (int kind = 0; kind < KINDS; kind++) {
    size_t most = CHUNK / kinds[kind].size + 1, size = strlen(kinds[kind].reply);
    replies[kind] = malloc(most * size + 1);
    for (size_t i = 0; i < most; i++) memcpy(replies[kind] + i * size, kinds[kind].reply, size);
  }
  serve_forever(port, begin, serve);
}
