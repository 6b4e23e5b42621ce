// Its first argument, or the content on its standard input, says what it does.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>

#include "contents/program/confinement.h"

namespace {

// 0 when the system refused what was tried, with EPERM where it says why.
int Refused(bool refused) { return refused ? 0 : 1; }

int TryOpen() { return Refused(::open("/etc/hostname", O_RDONLY) < 0 && errno == EPERM); }
int TryWrite() { return Refused(::open("/tmp", O_TMPFILE | O_RDWR, 0600) < 0); }
int TrySocket() { return Refused(::socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EPERM); }
int TryUnixSocket() { return Refused(::socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EPERM); }
int TryFork() {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  return Refused(pid < 0);
}
int TryExec() {
  char name[] = "/bin/true";
  char* const argv[] = {name, nullptr};
  ::execv(name, argv);
  return Refused(errno == EPERM);
}
int TryCode() {
  return Refused(::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                 MAP_FAILED);
}
int TryMemory() { return Refused(std::malloc(size_t{600} << 20) == nullptr); }
int TryKill() { return Refused(::kill(::getppid(), 0) != 0); }
// Memory and what is open stay.
int TryRead() {
  void* const memory = std::malloc(1 << 20);
  char c = 0;
  const bool good = memory != nullptr && ::read(STDIN_FILENO, &c, 1) >= 0;
  std::free(memory);
  return good ? 0 : 1;
}

struct Trial {
  std::string_view name;
  int (*run)();
};
constexpr Trial kTrials[] = {
    {"open", TryOpen}, {"write", TryWrite}, {"socket", TrySocket}, {"unix", TryUnixSocket},
    {"fork", TryFork}, {"exec", TryExec},   {"code", TryCode},     {"memory", TryMemory},
    {"kill", TryKill}, {"read", TryRead},
};

void Say(std::string_view text) { (void)!::write(STDOUT_FILENO, text.data(), text.size()); }

// As a reader whose content says what goes wrong.
int Misbehave() {
  char buffer[64] = {};
  (void)!::read(STDIN_FILENO, buffer, sizeof buffer - 1);
  const std::string_view what = buffer;
  if (what == "crash") std::abort();
  if (what == "hang") ::pause();
  if (what == "answer then hang") {
    Say("O 0\n.");
    ::close(STDOUT_FILENO);
    ::pause();
  }
  if (what == "answer then fail") {
    Say("O 0\n.");
    return 1;
  }
  if (what == "nonsense") Say("never mind\n.");
  if (what == "cut off") Say("O 0\n");
  if (what == "endless") {
    const std::string line(4096, 'I');
    while (true) Say(line);
  }
  if (what == "good") Say("O 0\n.");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "pdf") return Misbehave();
  if (!sceau::contents::Confine()) return 2;
  for (const Trial& it : kTrials) {
    if (it.name == what) return it.run();
  }
  return 3;
}
