// Time stamps (RFC 3161) over checkpoints: that a log had come so far is then proven by somebody
// who is not the appliance.
//
// A stamp is one JSON object in canonical form on a line: v, checkpoint (its line, verbatim) and
// token (base64, DER), whose imprint is the SHA-256 of that text. Whether the token holds is the
// verifier's question.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "audit/checkpoint.h"

namespace sceau::audit {

struct Stamp {
  Checkpoint checkpoint;
  std::string token;  // DER
};

// A line without its end.
std::string StampLine(const std::string& checkpoint, std::string_view token);
// One per line; a last line without an end is one that is still being written, and is passed over.
// Error kAuditInvalid, with the line.
StatusOr<std::vector<Stamp>> ReadStamps(std::string_view text);

}  // namespace sceau::audit
