/* Opens connections, uses each once and closes it, many at a time, from several loopback addresses so that ports last.
 * Prints one line of JSON. A connection counts as served when every byte of its reply has come and was right. */
#define _GNU_SOURCE
#include "client.h"
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>

const char program[] = "churn";

static const char usage[] =
    "usage: churn --port N [flags]\n"
    "  --connections N   in all (1000)\n"
    "  --concurrency N   open at a time (64)\n"
    "  --sources N       source addresses, from 127.0.0.1 on (16)\n"
    "  --reset-every N   closes each N-th by a reset instead of an end; 0: none (2)\n"
    "  --request TEXT    sends this line, takes the first bytes of any reply and closes; without it a line is echoed\n"
    "  --timeout S       gives up after so long (120)\n";

typedef struct {
  int fd, asked;
  size_t got, length;
  uint64_t number;
  char line[32];
} Client;

static const char *request;
static uint64_t total = 1000, reset_every = 2, begun, over, served, refused, wrong;
static int port, concurrency = 64, sources = 16, set;
static double timeout = 120;

static void parse(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    const char *flag = argv[i];
    if (strcmp(flag, "--help") == 0) exit((fputs(usage, stdout), 0));
    const char *value = ++i < argc ? argv[i] : "";
    if (strcmp(flag, "--port") == 0) port = (int)number_of(flag, value, 1, 65535);
    else if (strcmp(flag, "--connections") == 0) total = (uint64_t)number_of(flag, value, 1, 1e7);
    else if (strcmp(flag, "--concurrency") == 0) concurrency = (int)number_of(flag, value, 1, 10000);
    else if (strcmp(flag, "--sources") == 0) sources = (int)number_of(flag, value, 1, 250);
    else if (strcmp(flag, "--reset-every") == 0) reset_every = (uint64_t)number_of(flag, value, 0, 1e7);
    else if (strcmp(flag, "--request") == 0) request = value;
    else if (strcmp(flag, "--timeout") == 0) timeout = number_of(flag, value, 1, 600);
    else fail(EXIT_USAGE, "unknown flag %s; see --help", flag);
  }
  if (port == 0) fail(EXIT_USAGE, "--port is needed; see --help");
}

/* Begins the next connection in `c`'s place, if one is left. */
static void begin(Client *c) {
  if (begun == total) return;
  *c = (Client){.number = begun++};
  c->length = (size_t)snprintf(c->line, sizeof c->line, "ping %ju\n", (uintmax_t)c->number);
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (c->fd < 0) fail(EXIT_FAILED, "no socket: %s", strerror(errno));
  int yes = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  /* The port is chosen by connect(), so that a source address has as many as there are pairs. */
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  uint32_t source = INADDR_LOOPBACK + (uint32_t)(c->number % (uint64_t)sources);
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(source)};
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(c->fd, (struct sockaddr *)&from, sizeof from) != 0) fail(EXIT_FAILED, "bind: %s", strerror(errno));
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS)
    fail(EXIT_FAILED, "connection %ju: %s", (uintmax_t)c->number, strerror(errno));
  epoll_ctl(set, EPOLL_CTL_ADD, c->fd, &(struct epoll_event){.events = EPOLLOUT, .data.ptr = c});
}

static void finish(Client *c, uint64_t *counter) {
  if (reset_every > 0 && c->number % reset_every == 0) {
    struct linger abort = {.l_onoff = 1};
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  }
  close(c->fd);
  ++*counter;
  over++;
  begin(c);
}

/* Connected or refused: asks. */
static void ask(Client *c) {
  const char *line = request != NULL ? request : c->line;
  size_t length = strlen(line);
  if (send(c->fd, line, length, MSG_NOSIGNAL) != (ssize_t)length ||
      (request != NULL && send(c->fd, "\n", 1, MSG_NOSIGNAL) != 1))
    return finish(c, &refused);
  c->asked = 1;
  epoll_ctl(set, EPOLL_CTL_MOD, c->fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = c});
}

static void take(Client *c) {
  char input[64];
  ssize_t n = recv(c->fd, input, sizeof input, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) return finish(c, &refused);
  if (request != NULL) return finish(c, &served);
  if ((size_t)n > c->length - c->got || memcmp(c->line + c->got, input, (size_t)n) != 0) return finish(c, &wrong);
  c->got += (size_t)n;
  if (c->got == c->length) finish(c, &served);
}

int main(int argc, char **argv) {
  parse(argc, argv);
  raise_descriptor_limit(concurrency);
  set = epoll_create1(EPOLL_CLOEXEC);
  Client *clients = calloc((size_t)concurrency, sizeof *clients);
  uint64_t started = now_ns(), give_up = started + (uint64_t)(timeout * 1e9);
  for (int i = 0; i < concurrency; i++) begin(&clients[i]);
  for (struct epoll_event ready[256]; over < total;) {
    int count = epoll_wait(set, ready, 256, 100);
    if (now_ns() > give_up) fail(EXIT_TIMEOUT, "gave up after %.3g s at connection %ju", timeout, (uintmax_t)over);
    for (int i = 0; i < count; i++) {
      Client *c = ready[i].data.ptr;
      if (c->asked) take(c);
      else ask(c);
    }
  }
  printf("{\"served\":%ju,\"refused\":%ju,\"wrong\":%ju,\"seconds\":%.3f}\n", (uintmax_t)served, (uintmax_t)refused,
         (uintmax_t)wrong, (double)(now_ns() - started) / 1e9);
  free(clients);
}
