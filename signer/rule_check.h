// Schema and receiver's rules on what is to be signed, checked while the signer reads the same
// file.
#pragma once

#include <atomic>
#include <future>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "schemas/check.h"
#include "signer/signer.h"

namespace sceau::signer {

// A large file is read by a thread of its own from the beginning, a small one in Finish: there a
// thread would cost more than it saves, and a file that is refused for another reason costs
// nothing.
class RuleCheck {
 public:
  // `input` outlives it.
  RuleCheck(const InputFile& input, const SignatureParameters& parameters);
  // Ends the reading.
  ~RuleCheck();
  RuleCheck(const RuleCheck&) = delete;
  RuleCheck& operator=(const RuleCheck&) = delete;

  // The warnings go into `out`. Errors: kRuleBroken at the first error, with its rule and the
  // number of errors; kInputChanged when the bytes read were not those of `sha256` (raw); those of
  // CheckDocument.
  Status Finish(const std::string& sha256, Prepared& out);
  // As they were read, with size, type and digest of their contents.
  std::vector<schemas::PieceJustificative>& pieces() { return pieces_; }

  // "NBRPCE_MISMATCH 4 / 3 (1/12)", with the finding's place.
  static Status Refusal(const schemas::Finding& finding, int64_t errors);

 private:
  std::atomic<bool> unwanted_ = false;
  std::future<StatusOr<schemas::Check>> check_;
  std::vector<schemas::PieceJustificative> pieces_;
};

}  // namespace sceau::signer
