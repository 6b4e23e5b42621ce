// May this certificate sign this element of this document, at this instant, by what was known?
//
// A pure function of its arguments. Each power over each thing attested is founded by one act:
// a bordereau of mandats takes the power to certify the service fait, one of titres the power to
// make them executory, and either takes the power to attest the executory character of every
// supporting document its pieces refer to (CGCT D.1617-23). The whole file takes all of them.
// DENIED: the bordereau itself, or the document, is not founded. JUSTIFICATION_REQUIRED: it is, and
// a piece outside the competence, or the act of delegation, does not travel with what must.
#pragma once

#include "absl/time/time.h"
#include "policy/decision.h"
#include "policy/register.h"

namespace sceau::policy {

Decision Decide(const Signer& signer, const Register& facts, const DocumentFacts& document,
                const Element& element, absl::Time at, absl::Time known_at);

}  // namespace sceau::policy
