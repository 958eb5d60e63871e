// Just enough of <sys/event.h> to let a compiler without kqueue check the kqueue backend. Declarations only: the names
// and types are those that the manual page kqueue(2) documents.
#pragma once

#include <stdint.h>
#include <time.h>

struct kevent {
  uintptr_t ident;
  int16_t filter;
  uint16_t flags;
  uint32_t fflags;
  int64_t data;
  void* udata;
};

#define EVFILT_READ (-1)
#define EVFILT_WRITE (-2)
#define EV_ADD 0x0001
#define EV_DELETE 0x0002
#define EV_EOF 0x8000
#define EV_ERROR 0x4000
#define EV_SET(event, id, kind, how, note, value, pointer) \
  (*(event) = {static_cast<uintptr_t>(id), (kind), static_cast<uint16_t>(how), (note), (value), (pointer)})

int kqueue(void);
int kevent(int kq, const struct kevent* changes, int changed, struct kevent* events, int capacity,
           const struct timespec* timeout);
