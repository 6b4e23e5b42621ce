// When a service of a trusted list was one to rely on (ETSI TS 119 612 §5.5.4; the statuses of
// Directive 1999/93/EC until Regulation (EU) 910/2014 replaced it on 1 July 2016).
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "verifier/trust.h"
#include "verifier/trusted_list.h"

namespace sceau::verifier {

// When the Regulation began to apply.
absl::Time StartOfRegulation();

// Whether the period's status vouches for the service at `at`, an instant of the period.
bool IsGranted(const ServicePeriod& period, absl::Time at);

// A stretch of time over which the service may stand at the end of a chain.
struct TrustedSpan {
  TrustPurpose purpose = TrustPurpose::kSignature;
  absl::Time from, until;
};
// For signatures: CA/QC for electronic signatures or seals. For time stamps: TSA/QTST.
std::vector<TrustedSpan> TrustedSpansOf(const TrustService& service);

}  // namespace sceau::verifier
