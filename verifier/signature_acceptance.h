// Signature acceptance validation (ETSI EN 319 102-1 §5.2.8): whether an intact signature is one
// that its policy and its field admit.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "schemas/pes.h"
#include "verifier/certificate_validation.h"
#include "verifier/signature_report.h"
#include "xades/certificate.h"

namespace sceau::verifier {

struct Acceptance {
  std::vector<Shortfall> shortfalls;     // empty: accepted
  std::vector<SignatureReason> remarks;  // on claims; they decide nothing
};

// `report`: what the signature says, and its proven time. `at`: the validation time.
Acceptance CheckAcceptance(const SignatureReport& report, const xades::Certificate& certificate,
                           schemas::Kind document, absl::Time at);

}  // namespace sceau::verifier
