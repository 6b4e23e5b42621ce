// The digest of a whole file.
#pragma once

#include <string>

#include "base/file.h"
#include "base/status.h"

namespace sceau {

// SHA-256, lower-case hexadecimal. Error: kInputUnreadable.
StatusOr<std::string> Sha256Of(const InputFile& file);

}  // namespace sceau
