// PES_DepenseAller and PES_RecetteAller.
#pragma once

#include "tools/gen/plan.h"
#include "tools/gen/xml_writer.h"

namespace sceau::gen {

// Nothing when the domain has no bordereau.
void WriteDomain(const Plan& plan, Domain domain, XmlWriter& xml);

}  // namespace sceau::gen
