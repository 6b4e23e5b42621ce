// What the register of competences is asked about a document that is to be signed: what the
// document says of itself, and which elements are signed.
//
// The facts are those of schemas/competence_facts.h. Two bordereaux of one name are both denied.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "policy/decision.h"
#include "signer/signer.h"

namespace sceau::signer {

policy::DocumentFacts CompetenceFactsOf(const Prepared& prepared);
// Of the budget the document is of, as it says; empty when it names none or several.
std::string SiretOf(const Prepared& prepared);
// Those that will carry a signature, in order.
std::vector<policy::Element> CompetenceElementsOf(const Prepared& prepared);

// IdUnique of the supporting documents whose executory character these signatures attest.
std::set<std::string> AttestedBy(const Prepared& prepared);

}  // namespace sceau::signer
