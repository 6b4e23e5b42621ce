// The digest of a whole file.
#pragma once

#include <string>

#include "base/digest.h"
#include "base/file.h"
#include "base/status.h"

namespace sceau {

// Raw. Error: kInputUnreadable.
StatusOr<std::string> DigestOfFile(const InputFile& file, DigestAlgorithm algorithm);
// SHA-256, lower-case hexadecimal. Error: kInputUnreadable.
StatusOr<std::string> Sha256Of(const InputFile& file);

}  // namespace sceau
