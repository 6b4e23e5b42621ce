// Which elements are to be signed, and the rules that refuse one: one signature an element, no
// co-signature (signature policy of Hélios, DGFiP, version 3 of 18 May 2018), and no bordereau once
// the root is signed.
#pragma once

#include <vector>

#include "base/status.h"
#include "signer/candidates.h"
#include "signer/signer.h"

namespace sceau::signer {

// The indices of the selected bordereaux, in document order, each once; empty for the whole file.
// Errors: see Prepare.
StatusOr<std::vector<size_t>> Select(const Candidates& candidates,
                                     const SignatureParameters& parameters);

// Refuses parameters that no document could be signed with: kRoleMissing, kPlaceMissing,
// kCertificateMissing, kCertificateNotValid, kCertificateNotForSigning.
Status CheckParameters(const SignatureParameters& parameters);

}  // namespace sceau::signer
