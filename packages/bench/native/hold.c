/* Holds idle connections to an echo server, then asks each for one echo.
 * Usage: hold --port N [--host 127.0.0.1] [--connections 10000]
 * Prints "open" and waits for a line, asks every connection, prints {"answered":N} and waits for a line again. */
#define _GNU_SOURCE
#include "client.h"

const char program[] = "hold";

int main(int argc, char **argv) {
  const char *host = "127.0.0.1";
  int port = 0, connections = 10000, answered = 0;
  for (int i = 1; i < argc; i += 2) {
    const char *flag = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
    if (strcmp(flag, "--host") == 0) host = value;
    else if (strcmp(flag, "--port") == 0) port = (int)number_of(flag, value, 1, 65535);
    else if (strcmp(flag, "--connections") == 0) connections = (int)number_of(flag, value, 1, 25000);
    else fail(EXIT_USAGE, "unknown flag %s", flag);
  }
  if (port == 0) fail(EXIT_USAGE, "--port is needed");
  raise_descriptor_limit(connections);

  int *fds = malloc(sizeof *fds * (size_t)connections);
  for (int i = 0; i < connections; i++) fds[i] = open_connection(host, port, source_of(i, connections));
  gate("open", 120);

  for (int i = 0; i < connections; i++) {
    char ping[16];
    int length = snprintf(ping, sizeof ping, "ping %d\n", i);
    answered += exchange(fds[i], ping, (size_t)length, ping, (size_t)length);
  }
  char result[64];
  snprintf(result, sizeof result, "{\"answered\":%d}", answered);
  gate(result, 30);
  free(fds);
}
