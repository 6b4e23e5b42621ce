// A proof from outside that a file existed at an instant: a log that holds its digest, a receipt.
// For past validation (ETSI EN 319 102-1 §5.6) it is what a time stamp over the whole file would
// be. Whether the proof itself holds is for whoever gives it to have checked.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace sceau::verifier {

struct ProofOfExistence {
  std::string sha256;  // of the whole file, lower-case hexadecimal as FileReport::sha256
  absl::Time at;       // the file existed then, byte for byte; never a time that somebody claims
  std::string source;  // what says so, as the reports show it; language-neutral
};

// The earliest of those that are of this file; one that is later than `now` is none.
std::optional<ProofOfExistence> EarliestProof(const std::vector<ProofOfExistence>& proofs,
                                              std::string_view sha256, absl::Time now);

}  // namespace sceau::verifier
