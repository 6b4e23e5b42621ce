// What the register of competences is asked about a document: its own words, header included. No
// signature of a bordereau covers that header, so a budget that it names is only ever looked up
// among those of the register (P-03). What is not known here stays unset: the sum of the dearest
// piece, for one, so that no ceiling per piece is met.
#pragma once

#include "policy/decision.h"
#include "schemas/budget.h"
#include "schemas/pes.h"

namespace sceau::schemas {

// `budget`: of a budget act, null of any other document; with no budget in it, or several, it names
// none that the register knows. Nor does a document that is neither.
policy::DocumentFacts CompetenceFactsOf(Kind kind, const PesFacts& pes, const BudgetFacts* budget);

}  // namespace sceau::schemas
