// What an appliance's audit log proves of the files it released (audit/): each stood in the log, by
// its SHA-256, before a time stamp over a later checkpoint was made.
//
// The proof is the chain of records, the checkpoint and the stamp of an authority that is trusted:
// neither the appliance's clock nor its key. The key shows a log that was cut or made anew.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit/log_check.h"
#include "verifier/verifier.h"

namespace sceau::verifier {

// A file that a record says was released.
struct ReleasedFile {
  int64_t record = 0;  // n
  std::string request;
  std::string time;  // as the appliance's clock said, RFC 3339
};

struct AuditEvidence {
  audit::LogState log;  // `first_bad`: nothing after it proves anything
  // By SHA-256, lower-case hexadecimal.
  std::map<std::string, ReleasedFile> released;
  std::vector<ProofOfExistence> proofs;  // of those that a good stamp covers
  int64_t stamped = 0;                   // records that one covers
  std::vector<std::string> unproven;     // why a stamp proves nothing, by its record
};

// What a log says beside files that were judged, for a report.
struct LogAccount {
  std::optional<audit::Finding> first_bad;      // nothing after it counts
  int64_t records = 0;                          // good ones, up to there
  int64_t stamped = 0;                          // of them, covered by a good stamp
  size_t released = 0;                          // files, each counted once
  std::map<std::string, ReleasedFile> missing;  // of these, not among the files; by SHA-256
  std::vector<std::string> unproven;            // why a stamp proves nothing
};

// The folder as the appliance has it: `log`, `checkpoints`, `public.pem`, and `stamps` where there
// are any. Stamps are judged by the anchors for time stamping and the revocation data of `options`,
// at its validation time. Errors: kInputUnreadable, kAuditInvalid when it is no log, or its
// checkpoints, key or stamps cannot be read.
StatusOr<AuditEvidence> ReadAuditEvidence(const std::string& folder, const VerifyOptions& options);

}  // namespace sceau::verifier
