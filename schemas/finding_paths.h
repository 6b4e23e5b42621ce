// The path of the element that a finding is about: "/n:PES_Aller/PES_PJ/PJ[2]", as schema errors
// have it. Rules know an element by its line and column; the path is only looked for when a rule
// was broken.
#pragma once

#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "schemas/finding.h"

namespace sceau::schemas {

// Makes the element of every place without a path the path of the element that begins there. Reads
// the file once more when there is such a finding. Errors: those of the parser.
Status AddPaths(const InputFile& file, std::vector<Finding>& findings);

}  // namespace sceau::schemas
