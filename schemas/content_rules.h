// The rules on what is inside attachments: PDF that cannot be opened or has no text, ZIP members.
#pragma once

#include <vector>

#include "contents/facts.h"
#include "schemas/content_type.h"
#include "schemas/finding.h"

namespace sceau::schemas {

// Appends what is wrong with the content at this place.
void CheckContent(const contents::Facts& facts, ContentType type, const Place& place,
                  std::vector<Finding>& out);

}  // namespace sceau::schemas
