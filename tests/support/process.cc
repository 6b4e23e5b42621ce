#include "tests/support/process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/support/require.h"
#include "tests/support/temporary_folder.h"

extern char** environ;

namespace sceau::test {
namespace {

pid_t Spawn(const std::vector<std::string>& argv, const std::string& in, const std::string& out,
            const std::string& err) {
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const int write_flags = O_CREAT | O_APPEND | O_WRONLY;
  posix_spawn_file_actions_addopen(&actions, 0, in.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), write_flags, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), write_flags, 0600);
  pid_t pid = -1;
  const int failed = posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  Require(failed == 0, "cannot start " + argv[0]);
  return pid;
}

int ExitCodeOf(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

ProcessResult RunProcess(const std::vector<std::string>& argv, const std::string& input) {
  const TemporaryFolder folder;
  const std::string in = folder.Write("in", input);
  const pid_t pid = Spawn(argv, in, folder.path() + "/out", folder.path() + "/err");
  int status = 0;
  waitpid(pid, &status, 0);
  return {ExitCodeOf(status), ReadAll(folder.path() + "/out"), ReadAll(folder.path() + "/err")};
}

BackgroundProcess::BackgroundProcess(const std::vector<std::string>& argv, const std::string& log)
    : pid_(Spawn(argv, "/dev/null", log, log)) {}

BackgroundProcess::~BackgroundProcess() {
  if (pid_ > 0) Stop(SIGKILL);
}

bool BackgroundProcess::Running() {
  if (pid_ > 0 && waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
  return pid_ > 0;
}

int BackgroundProcess::Wait() {
  if (pid_ > 0) waitpid(pid_, &status_, 0);
  pid_ = -1;
  return ExitCodeOf(status_);
}

int BackgroundProcess::Stop(int signal) {
  if (pid_ > 0) kill(pid_, signal);
  return Wait();
}

}  // namespace sceau::test
