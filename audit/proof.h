// That one record stands in a log, shown without showing the others.
//
// A proof is one JSON object in canonical form: v, n, the record verbatim, previous (h_{n-1}), the
// digests of the records that follow up to a checkpoint, and that checkpoint.
#pragma once

#include <string>
#include <string_view>

#include "audit/log_check.h"
#include "base/status.h"

namespace sceau::audit {

// Of record `n`, up to the first checkpoint that covers it. The log is checked on the way.
// Errors: kUsage (no such record), kAuditInvalid (the log or the evidence is bad, or no checkpoint
// covers the record yet).
StatusOr<std::string> MakeProof(const InputFile& log, const Evidence& evidence, int64_t n);

struct Proven {
  std::string log_id;
  int64_t n = 0;
  std::string record;           // verbatim
  std::string checkpoint_time;  // at which it stood in the log, as the appliance's clock said
};
// Error kAuditInvalid when it proves nothing under this key.
StatusOr<Proven> CheckProof(std::string_view proof, EVP_PKEY* public_key);

}  // namespace sceau::audit
