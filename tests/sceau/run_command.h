// Runs the real program to its end.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/sceau/files.h"

namespace sceau::cli {

struct Ended {
  int code = -1;  // exit code; -1 when a signal ended it
  std::string out, err;
};
using Environment = std::vector<std::pair<std::string, std::string>>;

// Without a terminal, with a home of its own (in `folder`) and English as the system's language.
Ended RunSceau(const TemporaryFolder& folder, std::vector<std::string> arguments,
               const Environment& environment = {});
// What is typed on a terminal once the program has shown `prompt` there.
struct Reply {
  std::string prompt;
  std::string typed;                // with its line end
  std::function<void()> meanwhile;  // happens before it is typed
};
// The same on a terminal of its own, with one reply after the other; what it shows is in `out`.
Ended RunSceauOnTerminal(const TemporaryFolder& folder, std::vector<std::string> arguments,
                         const std::vector<Reply>& replies);

}  // namespace sceau::cli
