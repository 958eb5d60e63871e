/* Sets keys in a server that speaks RESP: key:000000000000 and so on, those that redis-benchmark draws from with -r. Every
 * reply is checked. Usage: fill --port N [--host 127.0.0.1] [--keys 1000000] [--value-bytes 16] */
#define _GNU_SOURCE
#include "client.h"

const char program[] = "fill";

enum { BATCH = 500, LONGEST = 256 };

int main(int argc, char **argv) {
  const char *host = "127.0.0.1";
  int port = 0, value_bytes = 16;
  long keys = 1000000;
  for (int i = 1; i < argc; i += 2) {
    const char *flag = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
    if (strcmp(flag, "--host") == 0) host = value;
    else if (strcmp(flag, "--port") == 0) port = (int)number_of(flag, value, 1, 65535);
    else if (strcmp(flag, "--keys") == 0) keys = (long)number_of(flag, value, 1, 1e9);
    else if (strcmp(flag, "--value-bytes") == 0) value_bytes = (int)number_of(flag, value, 1, 128);
    else fail(EXIT_USAGE, "unknown flag %s", flag);
  }
  if (port == 0) fail(EXIT_USAGE, "--port is needed");
  char tail[LONGEST], batch[BATCH * LONGEST], replies[BATCH * 5], expected[BATCH * 5];
  int at = snprintf(tail, sizeof tail, "\r\n$%d\r\n", value_bytes);
  memset(tail + at, 'x', (size_t)value_bytes);
  memcpy(tail + at + value_bytes, "\r\n", 3);
  for (int i = 0; i < BATCH; i++) memcpy(expected + i * 5, "+OK\r\n", 5);

  int fd = open_connection(host, port, 0);
  for (long key = 0; key < keys;) {
    size_t size = 0, have = 0, wanted;
    int count = 0;
    for (; count < BATCH && key < keys; count++, key++)
      size += (size_t)sprintf(batch + size, "*3\r\n$3\r\nSET\r\n$16\r\nkey:%012ld%s", key, tail);
    wanted = (size_t)count * 5;
    for (size_t sent = 0; sent < size;) {
      ssize_t n = send(fd, batch + sent, size - sent, MSG_NOSIGNAL);
      if (n < 0) fail(EXIT_FAILED, "send: %s", strerror(errno));
      sent += (size_t)n;
    }
    while (have < wanted) {
      ssize_t n = recv(fd, replies + have, wanted - have, 0);
      if (n <= 0) fail(EXIT_FAILED, "after %ld keys: %s", key, n == 0 ? "closed by the server" : strerror(errno));
      have += (size_t)n;
    }
    if (memcmp(replies, expected, wanted) != 0) fail(EXIT_FAILED, "a key was not set, of those before key %ld", key);
  }
  printf("{\"keys\":%ld}\n", keys);
}
