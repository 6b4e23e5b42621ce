// The rules on supporting documents (pièces justificatives) and what refers to them.
#pragma once

#include <string_view>
#include <vector>

#include "schemas/finding.h"
#include "schemas/pes_reader.h"

namespace sceau::schemas {

// Appends what the file breaks. The reader must have read for the rules.
void CheckPiecesJustificatives(const PesReader& reader, std::vector<Finding>& out);

// Whether the content is what the MIME type says; true for types not known here.
bool MayBeOfType(std::string_view mime_type, ContentType content);

}  // namespace sceau::schemas
