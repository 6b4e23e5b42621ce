// Time-stamp validation (ETSI EN 319 102-1 §5.4) and the proofs of existence that follow from it
// (§5.6.3): of the signature, and of the time stamps and revocation data that a later time stamp
// covers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "verifier/past_validation.h"
#include "verifier/proof_of_existence.h"
#include "verifier/signature_check.h"
#include "verifier/signature_report.h"
#include "verifier/verifier.h"

namespace sceau::verifier {

struct ProofsOfTime {
  // At which the signature is proven to have existed, the earliest first; empty: nothing proves it.
  std::vector<ProvenInstant> instants;
  bool stamped = false;   // by a time stamp in the signature
  bool archived = false;  // by one over the whole signature
  // What the time stamps prove, and why others prove nothing.
  std::vector<SignatureReason> reasons;
};

// Judges every token of the signature, in this kind of document, at the validation time: the last
// of the signature first, since it proves the existence of those it covers. `outside`: a proof of
// the whole file.
ProofsOfTime FindProofsOfTime(const Evidence& signature, schemas::Kind document,
                              absl::Time validation_time,
                              const std::optional<ProofOfExistence>& outside,
                              CertificateValidator& certificates);

// Of a token that stands outside any signature.
struct StampVerdict {
  std::optional<absl::Time> at;  // the latest instant of its time
  std::string why;               // it proves nothing
};
// Over these octets, for the validation time of `options`, by its anchors for time stamping.
StampVerdict JudgeStamp(std::string_view token, std::string_view octets,
                        const VerifyOptions& options);

}  // namespace sceau::verifier
