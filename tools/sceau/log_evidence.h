// An appliance's audit log beside the files that are verified: what it proves of them, and what of
// it is not there.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "tools/sceau/console.h"
#include "verifier/audit_evidence.h"

namespace sceau::cli {

class LogEvidence {
 public:
  // Adds the proofs to `options`, by which stamps are judged, and says how far the log goes. A log
  // that does not hold proves what stands before the fault. Errors: those of ReadAuditEvidence.
  Status Read(const std::string& folder, verifier::VerifyOptions& options, const Console& console);
  void Saw(const std::string& sha256) { seen_.insert(sha256); }
  // After all files; nullopt without a log.
  std::optional<verifier::LogAccount> Account() const;
  // Says which released files were not seen.
  static void Tell(const verifier::LogAccount& account, const Console& console);

 private:
  std::optional<verifier::AuditEvidence> evidence_;
  std::set<std::string> seen_;
};

}  // namespace sceau::cli
