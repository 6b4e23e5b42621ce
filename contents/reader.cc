#include "contents/reader.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/strings.h"

namespace sceau::contents {
namespace {

using Clock = std::chrono::steady_clock;

std::string ProgramPath() {
  constexpr std::string_view kName = "sceau-contents";
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const auto beside = self.parent_path() / kName;
    if (::access(beside.c_str(), X_OK) == 0) return beside;
  }
  return SCEAU_CONTENTS_PROGRAM;
}

// The program, alone in its process group, with the content as standard input and the pipe as
// standard output; killed and waited for when this goes.
class Child {
 public:
  static StatusOr<Child> Start(const std::string& program, Format format, int content, int answer) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, content, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, answer, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, 3);
    posix_spawnattr_t how;
    posix_spawnattr_init(&how);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &all);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setflags(
        &how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::string name = "sceau-contents", what = format == Format::kPdf ? "pdf" : "zip";
    char* const argv[] = {name.data(), what.data(), nullptr};
    char* const environment[] = {nullptr};
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, program.c_str(), &files, &how, argv, environment);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0) return Error(Reason::kInternal, Concat(program, ": ", std::strerror(error)));
    return Child(pid);
  }

  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (pid_ < 0) return;
    ::kill(-pid_, SIGKILL);
    (void)WaitForEnd();
  }

  // Whether it ended by itself and well. It has closed its answer, so it is about to end.
  bool EndedWell(Clock::time_point until) {
    while (true) {
      int status = 0;
      const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
      if (ended == pid_) {
        pid_ = -1;
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
      }
      if ((ended < 0 && errno != EINTR) || Clock::now() >= until) return false;
      ::usleep(200);
    }
  }

 private:
  explicit Child(pid_t pid) : pid_(pid) {}
  int WaitForEnd() const {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }
  pid_t pid_;
};

// All that comes until the other end closes; false when it is too long or too late.
bool ReadAnswer(int pipe, Clock::time_point until, std::string& answer) {
  std::array<char, 16 * 1024> buffer;
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return false;
    pollfd wait{pipe, POLLIN, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t got = ::read(pipe, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0;
    answer.append(buffer.data(), static_cast<size_t>(got));
    if (answer.size() > kMaxMessage) return false;
  }
}

}  // namespace

StatusOr<Facts> ReadContent(const InputFile& content, Format format, const ReaderOptions& options) {
  const Clock::time_point until = Clock::now() + options.deadline;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error(Reason::kInternal, std::strerror(errno));
  const FileDescriptor ours(ends[0]);
  FileDescriptor theirs(ends[1]);
  // Open for reading alone: the descriptor at hand may be the one the content was written with.
  const std::string path = Concat("/proc/self/fd/", content.fd());
  const FileDescriptor readable(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!readable) return Error(Reason::kInputUnreadable, std::strerror(errno));
  const std::string program = options.program.empty() ? ProgramPath() : options.program;
  SCEAU_ASSIGN_OR_RETURN(Child child, Child::Start(program, format, readable.get(), theirs.get()));
  theirs = FileDescriptor();
  std::string answer;
  if (!ReadAnswer(ours.get(), until, answer) || !child.EndedWell(until)) return Facts();
  return Read(answer);
}

}  // namespace sceau::contents
