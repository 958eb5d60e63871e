/* A closed-loop load generator: each connection sends a batch of messages, waits for all replies, checks every byte of
 * them and sends the next batch. One thread. Prints one line of JSON; latencies are in microseconds. */
#define _GNU_SOURCE
#include "client.h"
#include "exchange.h"
#include "histogram.h"
#include <fcntl.h>

const char program[] = "load";

static const char usage[] =
    "usage: load --port N [flags]\n"
    "  --host ADDRESS     IPv4 address (127.0.0.1)\n"
    "  --mode NAME        raw, line, ping_inline, ping_mbulk, set or get (raw)\n"
    "  --connections N    (50)\n"
    "  --bytes N          of a raw or line message (64)\n"
    "  --pipeline N       messages in flight on a connection (1)\n"
    "  --messages N       stop after so many (0: no limit)\n"
    "  --seconds S        stop after so long (0: no limit)\n"
    "  --warmup N         messages before the measured ones (0)\n"
    "  --timeout S        fail when a phase takes longer (60)\n"
    "  --gate             print a line and wait for one before the measured part and before closing\n";

typedef struct {
  int fd, wants_write;
  size_t skew;           /* where in the repeated message this connection's stream begins */
  uint64_t sent, got;    /* bytes of the batch */
  uint64_t batch, done;  /* messages of the batch, and those answered */
  uint64_t started;
} Client;

static const char *host = "127.0.0.1";
static const Exchange *kind = &exchanges[0];
static int port, connections = 50, gated;
static uint64_t bytes = 64, pipeline = 1, messages, warmup;
static double seconds, timeout = 60;

static const char *requests, *replies; /* repeated to fill a batch, and once more for the skew */
static size_t request_bytes, reply_bytes;
static Client *clients;
static int set, active;

/* The phase that runs. */
static uint64_t left, finished, stop_at;
static Histogram latency;

static void parse(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    const char *flag = argv[i];
    if (strcmp(flag, "--help") == 0) exit((fputs(usage, stdout), 0));
    if (strcmp(flag, "--gate") == 0) { gated = 1; continue; }
    const char *value = ++i < argc ? argv[i] : "";
    if (strcmp(flag, "--host") == 0) host = value;
    else if (strcmp(flag, "--mode") == 0) kind = exchange_named(value);
    else if (strcmp(flag, "--port") == 0) port = (int)number_of(flag, value, 1, 65535);
    else if (strcmp(flag, "--connections") == 0) connections = (int)number_of(flag, value, 1, 25000);
    else if (strcmp(flag, "--bytes") == 0) bytes = (uint64_t)number_of(flag, value, 2, 16 << 20);
    else if (strcmp(flag, "--pipeline") == 0) pipeline = (uint64_t)number_of(flag, value, 1, 10000);
    else if (strcmp(flag, "--messages") == 0) messages = (uint64_t)number_of(flag, value, 0, 1e10);
    else if (strcmp(flag, "--warmup") == 0) warmup = (uint64_t)number_of(flag, value, 0, 1e10);
    else if (strcmp(flag, "--seconds") == 0) seconds = number_of(flag, value, 0, 3600);
    else if (strcmp(flag, "--timeout") == 0) timeout = number_of(flag, value, 0.1, 3600);
    else fail(EXIT_USAGE, "unknown flag %s; see --help", flag);
    if (kind == NULL) fail(EXIT_USAGE, "unknown mode \"%s\"; see --help", value);
  }
  if (port == 0) fail(EXIT_USAGE, "--port is needed; see --help");
  if (messages == 0 && seconds == 0) fail(EXIT_USAGE, "one of --messages and --seconds is needed");
  if (bytes * pipeline > 256u << 20) fail(EXIT_USAGE, "--bytes times --pipeline may not exceed 256 MiB");
}

static void prepare(void) {
  if (kind->request != NULL) {
    request_bytes = strlen(kind->request), reply_bytes = strlen(kind->reply);
    requests = repeated(kind->request, request_bytes, pipeline);
    replies = repeated(kind->reply, reply_bytes, pipeline);
  } else {
    char *message = echo_message(bytes, strcmp(kind->name, "line") == 0);
    request_bytes = reply_bytes = bytes;
    requests = replies = repeated(message, bytes, pipeline + 1);
    free(message);
  }
}

static void open_all(void) {
  raise_descriptor_limit(connections);
  clients = calloc((size_t)connections, sizeof *clients);
  set = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < connections; i++) {
    Client *c = &clients[i];
    c->fd = open_connection(host, port, source_of(i, connections));
    /* Each stream of raw bytes begins elsewhere, so that bytes of another connection are seen to be wrong. */
    c->skew = strcmp(kind->name, "raw") == 0 ? (size_t)i % request_bytes : 0;
    if (strcmp(kind->name, "get") == 0 && i == 0 && !exchange(c->fd, SET_REQUEST, sizeof SET_REQUEST - 1, "+OK\r\n", 5))
      fail(EXIT_FAILED, "the server did not take the key that is to be read");
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    epoll_ctl(set, EPOLL_CTL_ADD, c->fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = c});
  }
}

static void send_rest(Client *c) {
  uint64_t size = c->batch * request_bytes;
  while (c->sent < size) {
    ssize_t n = send(c->fd, requests + c->skew + c->sent, size - c->sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) break;
    if (n < 0) fail(EXIT_FAILED, "connection %d: send: %s", (int)(c - clients), strerror(errno));
    c->sent += (uint64_t)n;
  }
  watch_writes(set, c->fd, c, &c->wants_write, c->sent < size);
}

/* Begins the next batch, or retires the connection when the phase needs no more. */
static void begin_batch(Client *c, uint64_t now) {
  c->batch = left < pipeline ? left : pipeline;
  if (c->batch == 0 || now >= stop_at) {
    c->batch = 0;
    active--;
    return;
  }
  left -= c->batch;
  c->sent = c->got = c->done = 0;
  c->started = now;
  send_rest(c);
}

static void check(const Client *c, const char *input, size_t size) {
  int id = (int)(c - clients);
  if (c->got + size > c->batch * reply_bytes) fail(EXIT_FAILED, "connection %d: more came than was asked for", id);
  const char *expected = replies + c->skew + c->got;
  if (memcmp(expected, input, size) == 0) return;
  size_t at = 0;
  while (expected[at] == input[at]) at++;
  fail(EXIT_FAILED, "connection %d: byte %ju of a message is 0x%02x, not 0x%02x", id,
       (uintmax_t)((c->got + at) % reply_bytes), (unsigned char)input[at], (unsigned char)expected[at]);
}

static void on_readable(Client *c) {
  static char input[256 * 1024];
  ssize_t n = recv(c->fd, input, sizeof input, 0);
  if (n < 0 && errno == EAGAIN) return;
  const char *trouble = n == 0 ? "closed by the server" : strerror(errno);
  if (n <= 0) fail(EXIT_FAILED, "connection %d: %s", (int)(c - clients), trouble);
  check(c, input, (size_t)n);
  c->got += (uint64_t)n;
  uint64_t now = now_ns(), answered = c->got / reply_bytes - c->done;
  if (answered > 0) histogram_add(&latency, now - c->started, answered);
  c->done += answered;
  finished += answered;
  if (c->done == c->batch) begin_batch(c, now);
}

/* Runs until `count` messages are answered or `span` seconds are over, 0: no limit; returns the seconds taken. */
static double run_phase(uint64_t count, double span) {
  struct epoll_event ready[256];
  uint64_t begun = now_ns(), give_up = begun + (uint64_t)(timeout * 1e9);
  left = count > 0 ? count : UINT64_MAX;
  stop_at = span > 0 ? begun + (uint64_t)(span * 1e9) : UINT64_MAX;
  finished = 0;
  active = connections;
  memset(&latency, 0, sizeof latency);
  for (int i = 0; i < connections; i++) begin_batch(&clients[i], now_ns());
  while (active > 0) {
    int count_ready = epoll_wait(set, ready, 256, 100);
    if (now_ns() > give_up)
      fail(EXIT_TIMEOUT, "gave up after %.3g s with %ju messages answered", timeout, (uintmax_t)finished);
    for (int i = 0; i < count_ready; i++) {
      Client *c = ready[i].data.ptr;
      if (ready[i].events & EPOLLOUT) send_rest(c);
      if (ready[i].events & ~(uint32_t)EPOLLOUT) on_readable(c);
    }
  }
  return (double)(now_ns() - begun) / 1e9;
}

static double quantile_us(double fraction) {
  return (double)histogram_quantile(&latency, fraction) / 1e3;
}

int main(int argc, char **argv) {
  parse(argc, argv);
  prepare();
  open_all();
  if (warmup > 0) run_phase(warmup, 0);
  if (gated) gate("ready", 30);
  double took = run_phase(messages, seconds);
  char result[512];
  snprintf(result, sizeof result,
           "{\"messages\":%ju,\"seconds\":%.6f,\"perSecond\":%.1f,"
           "\"p50\":%.2f,\"p99\":%.2f,\"p999\":%.2f,\"max\":%.2f}",
           (uintmax_t)finished, took, (double)finished / took, quantile_us(0.5), quantile_us(0.99), quantile_us(0.999),
           quantile_us(1));
  if (gated) gate(result, 30);
  else puts(result);
  return 0;
}
