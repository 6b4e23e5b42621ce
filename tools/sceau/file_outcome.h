// What is kept of each of many files: enough for a summary.
#pragma once

#include <cstddef>
#include <string>

#include "verifier/report.h"

namespace sceau::cli {

struct FileOutcome {
  std::string file;
  verifier::Verdict verdict = verifier::Verdict::kRefused;
  size_t signatures = 0;
};

}  // namespace sceau::cli
