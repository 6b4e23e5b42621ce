// What the register of competences is asked about a document: its own words, header included. No
// signature of a bordereau covers that header, so a budget that it names is only ever looked up
// among those of the register (P-03). What is not known here stays unset: the sum of the dearest
// piece, for one, so that no ceiling per piece is met.
#pragma once

#include <string_view>

#include "policy/decision.h"
#include "schemas/budget.h"
#include "schemas/pes.h"

namespace sceau::schemas {

policy::DocumentFacts CompetenceFactsOf(const PesFacts& pes);
// Of a budget act with no budget, or several: of none that the register knows.
policy::DocumentFacts CompetenceFactsOf(const BudgetFacts& budget);
// Of a document of another kind, which names no budget.
policy::DocumentFacts CompetenceFactsOf(std::string_view kind);

}  // namespace sceau::schemas
