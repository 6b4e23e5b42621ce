// What CRLs say of one certificate (RFC 5280 §6.3, by OpenSSL): complete, delta and indirect CRLs,
// distribution points and reasons.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "verifier/path_building.h"
#include "verifier/revocation_status.h"

namespace sceau::verifier {

// `path`: the certificate, then its authorities up to the anchor; judged already. `others`:
// certificates among which a CRL's signer may be. The CRLs must be current at `at`, unless outdated
// ones are admitted. A signer that is not an authority of the path must itself not be revoked by
// what the CRLs say.
CertificateStatus StatusByCrl(const Path& path, const std::vector<X509_CRL*>& crls,
                              const std::vector<X509*>& others, absl::Time at,
                              Outdated outdated = Outdated::kRefused);

}  // namespace sceau::verifier
