/* What one message is on the wire and what must come back for it. */
#ifndef BENCH_EXCHANGE_H
#define BENCH_EXCHANGE_H
#include <stdlib.h>
#include <string.h>

typedef struct {
  const char *name;
  const char *request; /* NULL: made by the options, and the reply is the request itself */
  const char *reply;
} Exchange;

/* The requests of redis-benchmark, with its fixed key. */
#define SET_REQUEST "*3\r\n$3\r\nSET\r\n$16\r\nkey:__rand_int__\r\n$3\r\nxxx\r\n"
static const Exchange exchanges[] = {
    {"raw", NULL, NULL},
    {"line", NULL, NULL},
    {"ping_inline", "PING\r\n", "+PONG\r\n"},
    {"ping_mbulk", "*1\r\n$4\r\nPING\r\n", "+PONG\r\n"},
    {"set", SET_REQUEST, "+OK\r\n"},
    {"get", "*2\r\n$3\r\nGET\r\n$16\r\nkey:__rand_int__\r\n", "$3\r\nxxx\r\n"},
};

static inline const Exchange *exchange_named(const char *name) {
  for (size_t i = 0; i < sizeof exchanges / sizeof *exchanges; i++)
    if (strcmp(exchanges[i].name, name) == 0) return &exchanges[i];
  return NULL;
}

/* A message in which no byte equals its neighbours, so that a shifted echo is seen; a line ends in LF. */
static inline char *echo_message(size_t bytes, int is_line) {
  char *message = malloc(bytes);
  for (size_t i = 0; i < bytes; i++) message[i] = (char)('!' + i % 89);
  if (is_line) message[bytes - 1] = '\n';
  return message;
}

/* `message` written `times` times. */
static inline char *repeated(const char *message, size_t bytes, size_t times) {
  char *all = malloc(bytes * times);
  for (size_t i = 0; i < times; i++) memcpy(all + i * bytes, message, bytes);
  return all;
}
#endif
