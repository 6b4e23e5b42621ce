// The attachments (pièces justificatives): references to them, and PES_PJ itself.
#pragma once

#include <cstdint>
#include <string>

#include "tools/gen/plan.h"
#include "tools/gen/xml_writer.h"

namespace sceau::gen {

// PJRef (Support 01) of every attachment of the piece.
void WritePjRefs(const Plan& plan, const PiecePlace& place, XmlWriter& xml);

// IdUnique of an attachment, from 0.
std::string IdUniqueOf(const Plan& plan, int64_t number);

// The whole PES_PJ.
void WritePesPj(const Plan& plan, XmlWriter& xml);

}  // namespace sceau::gen
