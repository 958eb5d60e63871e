/* An open-loop load generator: messages are due at times drawn beforehand (a Poisson process), whatever the server does. Each
 * goes to the next connection in turn, behind what that one still waits for, and its latency is counted from when it was due:
 * a halt of the server is charged to every message that should have been answered meanwhile. The echo of every byte is checked.
 * One thread, which never sleeps. Prints one line of JSON; latencies are in microseconds. */
#define _GNU_SOURCE
#include "client.h"
#include "exchange.h"
#include "histogram.h"
#include <fcntl.h>
#include <math.h>

const char program[] = "open-load";

static const char usage[] =
    "usage: open-load --port N --rate N --messages N [flags]; waits for a line on standard input before and after\n"
    "  --connections N    (50)\n"
    "  --bytes N          of a message (64)\n"
    "  --timeout S        fail when the answers take longer (60)\n";

enum { WAITING = 1 << 12 };

typedef struct {
  int fd, wants_write;
  uint64_t due[WAITING]; /* when the messages were due that wait for their echo: a ring from `done` to `asked` */
  uint64_t asked, done;  /* messages */
  uint64_t sent, got;    /* bytes */
} Client;

static int port, connections = 50, set;
static uint64_t bytes = 64, messages;
static double rate, timeout = 60;
static Client *clients;
static const char *stream; /* the message over and over: as much as one call sends or receives, and once more */
static size_t stream_bytes = 64 * 1024;
static Histogram latency;

static void parse(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    const char *flag = argv[i];
    if (strcmp(flag, "--help") == 0) exit((fputs(usage, stdout), 0));
    const char *value = ++i < argc ? argv[i] : "";
    if (strcmp(flag, "--port") == 0) port = (int)number_of(flag, value, 1, 65535);
    else if (strcmp(flag, "--connections") == 0) connections = (int)number_of(flag, value, 1, 5000);
    else if (strcmp(flag, "--bytes") == 0) bytes = (uint64_t)number_of(flag, value, 2, 4096);
    else if (strcmp(flag, "--rate") == 0) rate = number_of(flag, value, 1, 1e7);
    else if (strcmp(flag, "--messages") == 0) messages = (uint64_t)number_of(flag, value, 1, 1e9);
    else if (strcmp(flag, "--timeout") == 0) timeout = number_of(flag, value, 1, 600);
    else fail(EXIT_USAGE, "unknown flag %s; see --help", flag);
  }
  if (port == 0 || rate == 0 || messages == 0) fail(EXIT_USAGE, "--port, --rate and --messages are needed; see --help");
}

/* The time to the next message in ns: exponentially distributed, and the same in every run. */
static double next_gap(void) {
  static uint64_t state = 88172645463325252u;
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return -log(((double)(state >> 11) + 1) / 9007199254740993.0) * 1e9 / rate;
}

static void send_rest(Client *c) {
  uint64_t size = c->asked * bytes;
  while (c->sent < size) {
    size_t part = size - c->sent < stream_bytes ? size - c->sent : stream_bytes;
    ssize_t n = send(c->fd, stream + c->sent % bytes, part, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) break;
    if (n < 0) fail(EXIT_FAILED, "connection %d: send: %s", (int)(c - clients), strerror(errno));
    c->sent += (uint64_t)n;
  }
  watch_writes(set, c->fd, c, &c->wants_write, c->sent < size);
}

static void ask(Client *c, uint64_t due) {
  if (c->asked - c->done == WAITING)
    fail(EXIT_FAILED, "connection %d: %d messages wait for their echo; the rate is too high", (int)(c - clients), WAITING);
  c->due[c->asked++ % WAITING] = due;
  send_rest(c);
}

/* Takes what has come; answers with the number of messages that are complete by it. */
static uint64_t take(Client *c) {
  static char input[64 * 1024];
  ssize_t n = recv(c->fd, input, sizeof input, 0);
  if (n < 0 && errno == EAGAIN) return 0;
  if (n <= 0) fail(EXIT_FAILED, "connection %d: %s", (int)(c - clients), n == 0 ? "closed" : strerror(errno));
  if (c->got + (uint64_t)n > c->sent || memcmp(stream + c->got % bytes, input, (size_t)n) != 0)
    fail(EXIT_FAILED, "connection %d: what came is no echo", (int)(c - clients));
  c->got += (uint64_t)n;
  uint64_t now = now_ns(), before = c->done;
  for (; c->done < c->got / bytes; c->done++) histogram_add(&latency, now - c->due[c->done % WAITING], 1);
  return c->done - before;
}

/* Asks for and takes `count` messages; answers with the seconds that it took. */
static double run(uint64_t count) {
  struct epoll_event ready[256];
  uint64_t begun = now_ns(), asked = 0, answered = 0, give_up = begun + (uint64_t)(timeout * 1e9);
  double due = (double)begun + next_gap();
  memset(&latency, 0, sizeof latency);
  while (answered < count) {
    uint64_t now = now_ns();
    if (now > give_up) fail(EXIT_TIMEOUT, "gave up after %.3g s with %ju echoes", timeout, (uintmax_t)answered);
    for (; asked < count && due <= (double)now; due += next_gap(), asked++)
      ask(&clients[asked % (uint64_t)connections], (uint64_t)due);
    int count_ready = epoll_wait(set, ready, 256, 0);
    for (int i = 0; i < count_ready; i++) {
      Client *c = ready[i].data.ptr;
      if (ready[i].events & EPOLLOUT) send_rest(c);
      if (ready[i].events & ~(uint32_t)EPOLLOUT) answered += take(c);
    }
  }
  return (double)(now_ns() - begun) / 1e9;
}

static double quantile_us(double fraction) { return (double)histogram_quantile(&latency, fraction) / 1e3; }

int main(int argc, char **argv) {
  parse(argc, argv);
  raise_descriptor_limit(connections);
  char *message = echo_message(bytes, 0);
  stream = repeated(message, bytes, stream_bytes / bytes + 2);
  clients = calloc((size_t)connections, sizeof *clients);
  set = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < connections; i++) {
    clients[i].fd = open_connection("127.0.0.1", port, 0);
    fcntl(clients[i].fd, F_SETFL, O_NONBLOCK);
    epoll_ctl(set, EPOLL_CTL_ADD, clients[i].fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = &clients[i]});
  }
  run((uint64_t)connections * 20);
  gate("ready", 30);
  double took = run(messages);
  char result[256];
  snprintf(result, sizeof result,
           "{\"messages\":%ju,\"perSecond\":%.1f,\"p50\":%.2f,\"p99\":%.2f,\"p999\":%.2f,\"max\":%.2f}",
           (uintmax_t)messages, (double)messages / took, quantile_us(0.5), quantile_us(0.99), quantile_us(0.999),
           quantile_us(1));
  gate(result, 30);
}
