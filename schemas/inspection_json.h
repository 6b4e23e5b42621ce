// The JSON of an inspection, written as it is made.
#pragma once

#include "base/json.h"
#include "schemas/inspection.h"

namespace sceau::schemas {

// One finding: {"severity", "rule", "line", "column", "element", "text"}.
Json FindingJson(const Finding& finding, Lang lang);

// As ToJson, but at most one bordereau, attachment or anomaly is in memory at a time.
void WriteJson(const Inspection& inspection, Lang lang, const TextSink& sink);

}  // namespace sceau::schemas
