// What of a budget act lies outside the local agreement.
#pragma once

#include <vector>

#include "schemas/agreement.h"
#include "schemas/budget.h"

namespace sceau::schemas {

// IdColl and IdPost must be those of an agreement (AGREEMENT_MISSING), CodBud of each budget one of
// its budgets (AGREEMENT_BUDGET). In the order of the document.
std::vector<Finding> CheckAgreement(const BudgetFacts& facts,
                                    const std::vector<Agreement>& agreements);

}  // namespace sceau::schemas
