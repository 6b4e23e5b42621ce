// Time-stamp validation (ETSI EN 319 102-1 §5.4): whether a token proves that a signature existed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "verifier/certificate_validation.h"
#include "verifier/signature_report.h"
#include "verifier/unsigned_evidence.h"
#include "verifier/verifier.h"

namespace sceau::verifier {

struct ProofOfTime {
  // The earliest instant at which the signature is proven to have existed; none: no token proves
  // it.
  std::optional<absl::Time> at;
  // Why tokens that are there prove nothing.
  std::vector<SignatureReason> reasons;
};

// Judges every token of the signature, in this kind of document, at the validation time.
ProofOfTime FindProofOfTime(const UnsignedEvidence& evidence, schemas::Kind document,
                            absl::Time validation_time, CertificateValidator& certificates);

// Of a token that stands outside any signature.
struct StampVerdict {
  std::optional<absl::Time> at;  // the latest instant of its time
  std::string why;               // it proves nothing
};
// Over these octets, for the validation time of `options`, by its anchors for time stamping.
StampVerdict JudgeStamp(std::string_view token, std::string_view octets,
                        const VerifyOptions& options);

}  // namespace sceau::verifier
