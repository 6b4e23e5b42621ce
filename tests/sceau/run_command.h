// Runs the real program to its end.
#pragma once

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
// The same on a terminal of its own, where `typed` is typed once the question "[o/N]" is there; what
// it shows is in `out`.
Ended RunSceauOnTerminal(const TemporaryFolder& folder, std::vector<std::string> arguments,
                         const std::string& typed);

}  // namespace sceau::cli
