// Past signature validation (ETSI EN 319 102-1 §5.6.2): what no longer holds today may have held at
// the instant for which there is a proof of existence.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "verifier/certificate_validation.h"

namespace sceau::verifier {

// An instant at which something is proven to have existed.
struct ProvenInstant {
  absl::Time at;
  RevocationExtent covered;  // of the revocation data beside it, what the same proof is of
};

// As CertificateValidator::Validate at the validation time; where that falls short, judged again
// for each proven instant (the earliest first, whose verdict stands when none does): another chain,
// or an anchor that has ended since, may have been good then. Proven before the certificate was
// valid it is NOT_YET_VALID. A claimed time is no proof and has no place here.
CertificateVerdict ValidateWithProof(CertificateValidator& certificates,
                                     const CertificateQuestion& question,
                                     const std::vector<ProvenInstant>& proven);

}  // namespace sceau::verifier
