// The rules of budget acts: what a receiver refuses, and what the seal is worth.
#pragma once

#include <vector>

#include "schemas/budget.h"
#include "schemas/finding.h"

namespace sceau::schemas {

// One act may hold several budgets when it is received; who sends puts exactly one.
enum class BudgetUse { kReading, kSending };

// Every finding but those of the seal, in the order of the document where there is one.
std::vector<Finding> CheckBudget(const BudgetFacts& facts, BudgetUse use);
// What the seal is worth: exactly one finding (SEAL_HOLDS, SEAL_BROKEN...).
Finding CheckSeal(const BudgetFacts& facts);

}  // namespace sceau::schemas
