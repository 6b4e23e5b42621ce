// The head of a file: what it is called, who sends it, whose it is. An acknowledgement repeats it.
#pragma once

#include "tools/gen/plan.h"
#include "tools/gen/xml_writer.h"

namespace sceau::gen {

void WriteEnveloppe(const Plan& plan, XmlWriter& xml);
void WriteEnTetePes(const Plan& plan, XmlWriter& xml);

}  // namespace sceau::gen
