// The accountant's business rules on a PES, each with a stable name (domain rules of Hélios).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "schemas/finding.h"
#include "schemas/pes_reader.h"

namespace sceau::schemas {

// Every rule that the facts break, in document order.
std::vector<Finding> CheckPes(const PesReader& reader);

// The rule on MtCumulAnnuel for a bordereau that is dematerialised, or will be once signed.
std::optional<Finding> MissingCumulativeAmount(const PesReader& reader, size_t index);

// InfoDematerialisee against the signatures that are there.
std::vector<Finding> CheckDematerialisation(const PesFacts& facts);

}  // namespace sceau::schemas
