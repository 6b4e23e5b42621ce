// Programs run by tests: to their end, or in the background until stopped by their own id.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace sceau::test {

struct ProcessResult {
  int exit_code = -1;  // 128 + signal when it was killed
  std::string out;
  std::string err;
};

// Runs `argv` (argv[0] is looked up in PATH) with standard input from `input`.
ProcessResult RunProcess(const std::vector<std::string>& argv, const std::string& input = "");

class BackgroundProcess {
 public:
  // Standard output and error go to `log`.
  BackgroundProcess(const std::vector<std::string>& argv, const std::string& log);
  ~BackgroundProcess();  // kills it if it still runs
  BackgroundProcess(const BackgroundProcess&) = delete;
  BackgroundProcess& operator=(const BackgroundProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool Running();
  // Waits for its own end; the exit code as in ProcessResult.
  int Wait();
  // Sends the signal and waits for the end; the exit code as in ProcessResult.
  int Stop(int signal);

 private:
  pid_t pid_ = -1;
  int status_ = 0;
};

}  // namespace sceau::test
