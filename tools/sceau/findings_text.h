// One finding or reason on one line, for a person.
#pragma once

#include <string>
#include <string_view>

#include "base/lang.h"
#include "schemas/finding.h"

namespace sceau::cli {

// "erreur", "avertissement", "information"
std::string_view SeverityWord(schemas::Severity severity, Lang lang);
// "erreur RULE (ligne 12, colonne 5) : sentence"
std::string FindingLine(const schemas::Finding& finding, Lang lang);

}  // namespace sceau::cli
