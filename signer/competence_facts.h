// What the register of competences is asked about a document that is to be signed: who signs, what
// the document says of itself, and which elements are signed.
//
// The facts are those of schemas/competence_facts.h. Two bordereaux of one name are both denied.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "policy/decision.h"
#include "signer/signer.h"

namespace sceau::signer {

// `certificate`: DER. Error kInternal when it cannot be read.
StatusOr<policy::Signer> CompetenceSignerOf(const std::string& certificate);
policy::DocumentFacts CompetenceFactsOf(const Prepared& prepared);
// Those that will carry a signature, in order.
std::vector<policy::Element> CompetenceElementsOf(const Prepared& prepared);

}  // namespace sceau::signer
