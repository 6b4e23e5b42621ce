#include "tests/sceau/run_command.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace sceau::cli {
namespace {

[[noreturn]] void Become(const TemporaryFolder& folder, std::vector<std::string>& arguments,
                         const Environment& environment) {
  for (const char* name : {"SCEAU_CONFIG", "SCEAU_LANG", "XDG_CONFIG_HOME"}) unsetenv(name);
  setenv("HOME", In(folder, "home").c_str(), 1);
  setenv("LANG", "en_US.UTF-8", 1);
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  std::string program = "sceau";
  std::vector<char*> argv = {program.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  execv(SCEAU_BINARY, argv.data());
  _exit(127);
}

int CodeOf(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void Redirect(const std::string& path, int flags, int to) {
  const int fd = open(path.c_str(), flags, 0600);
  dup2(fd, to);
  close(fd);
}

}  // namespace

Ended RunSceau(const TemporaryFolder& folder, std::vector<std::string> arguments,
               const Environment& environment) {
  const std::string out = In(folder, "stdout"), err = In(folder, "stderr");
  const pid_t pid = fork();
  if (pid == 0) {
    Redirect("/dev/null", O_RDONLY, STDIN_FILENO);
    Redirect(out, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
    Redirect(err, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
    Become(folder, arguments, environment);
  }
  Ended ended;
  ended.code = CodeOf(pid);
  ended.out = ReadFile(out);
  ended.err = ReadFile(err);
  return ended;
}

Ended RunSceauOnTerminal(const TemporaryFolder& folder, std::vector<std::string> arguments,
                         const std::vector<Reply>& replies) {
  int terminal = -1;
  const pid_t pid = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (pid == 0) Become(folder, arguments, {});
  Ended ended;
  if (pid < 0) return ended;
  char buffer[256];
  size_t next = 0, shown = 0;
  for (ssize_t got; (got = read(terminal, buffer, sizeof buffer)) > 0;) {
    ended.out.append(buffer, static_cast<size_t>(got));
    if (next == replies.size()) continue;
    const Reply& reply = replies[next];
    const size_t at = ended.out.find(reply.prompt, shown);
    if (at == std::string::npos) continue;
    shown = at + reply.prompt.size();
    ++next;
    if (reply.meanwhile) reply.meanwhile();
    if (write(terminal, reply.typed.data(), reply.typed.size()) < 0) break;
  }
  ended.code = CodeOf(pid);
  close(terminal);
  return ended;
}

}  // namespace sceau::cli
