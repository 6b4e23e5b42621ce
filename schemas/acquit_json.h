// An acknowledgement in the JSON of an inspection.
#pragma once

#include "base/json.h"
#include "schemas/acquit.h"

namespace sceau::schemas {

// [{"code", "text", "line"}]
Json ErrorsJson(const std::vector<AcquitError>& errors);
// {"domain", "accepted", "exercice", "number", "idUnique", "errors", "pieces": [{"number",
// "errors"}]}
Json AcquitElementJson(const AcquitElement& element);

}  // namespace sceau::schemas
