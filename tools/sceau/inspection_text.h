// `sceau inspect` for a person.
#pragma once

#include <string>

#include "base/lang.h"
#include "schemas/inspection.h"

namespace sceau::cli {

std::string InspectionText(const std::string& file, const schemas::Inspection& inspection,
                           Lang lang);

}  // namespace sceau::cli
