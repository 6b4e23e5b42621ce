// The accountant's business rules on a PES, each with a stable name (domain rules of Hélios).
#pragma once

#include <string_view>
#include <vector>

#include "schemas/finding.h"
#include "schemas/pes_reader.h"

namespace sceau::schemas {

// Every rule that the facts break, in document order.
std::vector<Finding> CheckPes(const PesReader& reader);

// InfoDematerialisee against the signatures that are there.
std::vector<Finding> CheckDematerialisation(const PesFacts& facts);

}  // namespace sceau::schemas
