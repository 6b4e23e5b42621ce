// What is shown of a message of @CTES.
#pragma once

#include "base/json.h"
#include "schemas/acte.h"

namespace sceau::schemas {

Json ActeJson(const ActeFacts& facts);

}  // namespace sceau::schemas
