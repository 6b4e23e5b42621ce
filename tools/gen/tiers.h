// The third party of a line: supplier of a mandat, debtor of a titre.
#pragma once

#include "tools/gen/plan.h"
#include "tools/gen/xml_writer.h"

namespace sceau::gen {

void WriteTiers(Domain domain, Random& words, XmlWriter& xml);

}  // namespace sceau::gen
