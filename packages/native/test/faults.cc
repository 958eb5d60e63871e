#include "faults.h"

#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>
#include <type_traits>

#include "sys/syscalls.h"

namespace shiny::faults {
namespace {

using sys::Syscalls;
using sys::syscalls;

enum class Kind { kError, kShort, kNone };

struct Fault {
  Kind kind = Kind::kError;
  int number = 0;  // errno, or the most bytes
  int at = 0;      // 0: none in particular
  int every = 0;
  bool due(int call) const { return call == at || (every > 0 && call % every == 0); }
};

// What is planned for one function. Not changed while other threads make calls.
struct Entry {
  static constexpr int kMost = 8;
  std::atomic<int> calls{0};
  Fault faults[kMost];
  int count = 0;
};

Syscalls real;
bool planned = false;

// The real call, made with fewer bytes or not at all where the plan says so.
template <auto Member>
struct Call {
  static constinit inline Entry entry;

  template <typename Result, typename... Args>
  static Result make(Args... args) {
    int count = ++entry.calls;
    for (int i = 0; i < entry.count; i++) {
      const Fault& fault = entry.faults[i];
      if (!fault.due(count)) continue;
      if (fault.kind == Kind::kShort) return shortened<Result>(static_cast<size_t>(fault.number), args...);
      if (fault.kind == Kind::kNone) return Result{};
      // A descriptor is gone also when closing it reports an error.
      if constexpr (std::is_same_v<Call, Call<&Syscalls::close>>) (real.*Member)(args...);
      errno = fault.number;
      return static_cast<Result>(-1);
    }
    return (real.*Member)(args...);
  }

  template <typename Result, typename... Args>
  static Result shortened(size_t, Args... args) {
    return (real.*Member)(args...);
  }
  template <typename Result>
  static Result shortened(size_t most, int fd, void* bytes, size_t length, int flags) {
    return (real.*Member)(fd, bytes, length < most ? length : most, flags);
  }
  template <typename Result>
  static Result shortened(size_t most, int fd, const void* bytes, size_t length, int flags) {
    return (real.*Member)(fd, bytes, length < most ? length : most, flags);
  }
  // Of several ranges, the first and no more than that.
  template <typename Result>
  static Result shortened(size_t most, int fd, const msghdr* message, int flags) {
    iovec first = message->msg_iov[0];
    if (first.iov_len > most) first.iov_len = most;
    msghdr shorter = *message;
    shorter.msg_iov = &first;
    shorter.msg_iovlen = 1;
    return (real.*Member)(fd, &shorter, flags);
  }
};

template <auto Member, typename Result, typename... Args>
void install_as(Result (*Syscalls::*)(Args...)) {
  syscalls.*Member = [](Args... args) -> Result { return Call<Member>::template make<Result, Args...>(args...); };
}

struct Function {
  const char* name;
  Entry& entry;
  void (*install)();
  bool interruptible = false;
};

template <auto Member>
constexpr Function function(const char* name, bool interruptible = false) {
  return {name, Call<Member>::entry, [] { install_as<Member>(Member); }, interruptible};
}

#define SHINY_CALL(name) function<&Syscalls::name>(#name)
#define SHINY_INTERRUPTIBLE(name) function<&Syscalls::name>(#name, true)

// Every function of the table: the assertion below tells of one that is missing. Constant, since a plan may come from the
// environment, before anything runs.
constinit Function functions[] = {
    SHINY_CALL(socket),
    SHINY_CALL(bind),
    SHINY_CALL(listen),
    SHINY_INTERRUPTIBLE(accept),
    SHINY_CALL(connect),  // a signal does not stop what it has begun, as a plan would
    SHINY_INTERRUPTIBLE(recv),
    SHINY_INTERRUPTIBLE(send),
    SHINY_INTERRUPTIBLE(sendmsg),
    SHINY_CALL(shutdown),
    SHINY_CALL(getsockopt),
    SHINY_CALL(setsockopt),
    SHINY_CALL(getsockname),
    SHINY_CALL(getpeername),
    SHINY_CALL(lstat),
    SHINY_CALL(unlink),
    SHINY_CALL(fchmod),
    SHINY_CALL(fchmodat),
    SHINY_CALL(close),
    SHINY_INTERRUPTIBLE(recvmsg),
    SHINY_INTERRUPTIBLE(recvmmsg),
    SHINY_INTERRUPTIBLE(sendmmsg),
    SHINY_CALL(clock_gettime),
#if defined(__linux__)
    SHINY_CALL(epoll_create1),
    SHINY_CALL(epoll_ctl),
    SHINY_INTERRUPTIBLE(epoll_wait),
#else
    SHINY_CALL(kqueue),
    SHINY_INTERRUPTIBLE(kevent),
#endif
};
static_assert(std::size(functions) == sizeof(Syscalls) / sizeof(void (*)()), "a system call is missing here");

int error_number(std::string_view name) {
  static constexpr struct {
    const char* name;
    int number;
  } kErrors[] = {{"EAGAIN", EAGAIN},
                 {"EBADF", EBADF},
                 {"ECONNABORTED", ECONNABORTED},
                 {"ECONNRESET", ECONNRESET},
                 {"EINTR", EINTR},
                 {"EINVAL", EINVAL},
                 {"EIO", EIO},
                 {"EMFILE", EMFILE},
                 {"ENFILE", ENFILE},
                 {"ENOBUFS", ENOBUFS},
                 {"ENOMEM", ENOMEM},
                 {"ENOSPC", ENOSPC},
                 {"ENOTCONN", ENOTCONN},
                 {"EPERM", EPERM},
                 {"EPIPE", EPIPE},
                 {"EPROTO", EPROTO},
                 {"ETIMEDOUT", ETIMEDOUT},
                 {"EPROTOTYPE", EPROTOTYPE}};
  for (auto& error : kErrors)
    if (name == error.name) return error.number;
  return 0;
}

std::string_view take_part(std::string_view* text, char separator) {
  size_t end = text->find(separator);
  std::string_view part = text->substr(0, end);
  text->remove_prefix(end == std::string_view::npos ? text->size() : end + 1);
  return part;
}

bool read_number(std::string_view part, std::string_view name, int* number) {
  if (part.substr(0, name.size()) != name) return false;
  part.remove_prefix(name.size());
  return std::from_chars(part.data(), part.data() + part.size(), *number).ec == std::errc() && *number > 0;
}

bool read_fault(std::string_view text, Fault* fault) {
  std::string_view what = take_part(&text, ':');
  if (what == "none")
    fault->kind = Kind::kNone;
  else if (read_number(what, "short=", &fault->number))
    fault->kind = Kind::kShort;
  else if ((fault->number = error_number(what)) == 0)
    return false;
  std::string_view when = take_part(&text, ':');
  return text.empty() && (read_number(when, "at=", &fault->at) || read_number(when, "every=", &fault->every));
}

bool add_fault(std::string_view text) {
  std::string_view name = take_part(&text, ':');
  Fault fault;
  if (!read_fault(text, &fault)) return false;
  bool found = false;
  for (Function& function : functions) {
    if (name != function.name && !(name == "all" && function.interruptible)) continue;
    if (function.entry.count == Entry::kMost) return false;
    function.entry.faults[function.entry.count++] = fault;
    found = true;
  }
  return found;
}

}  // namespace

bool plan(std::string_view text) {
  clear();
  real = syscalls;
  while (!text.empty()) {
    std::string part(take_part(&text, ','));
    if (add_fault(part)) continue;
    std::fprintf(stderr, "faults: \"%s\" is none\n", part.c_str());
    clear();
    return false;
  }
  planned = true;
  for (Function& function : functions) function.install();
  return true;
}

void clear() {
  if (planned) syscalls = real;
  planned = false;
  for (Function& function : functions) {
    function.entry.count = 0;
    function.entry.calls = 0;
  }
}

int calls(std::string_view name) {
  for (Function& function : functions)
    if (name == function.name) return function.entry.calls;
  return -1;
}

}  // namespace shiny::faults
