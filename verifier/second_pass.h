// The second pass over a file: the digests that signatures need and the first pass has not made.
#pragma once

#include <cstddef>

#include "base/file.h"
#include "base/status.h"
#include "verifier/scan.h"

namespace sceau::verifier {

// Elements that are digested at the same time; those beyond are not, and their signatures fail.
inline constexpr size_t kMaxOpenDigests = 64;

// Makes all of them in one parse; reads nothing when every digest is known.
// Errors: those of the parser; kInputChanged when the file is not what the first pass read.
Status DigestTheRest(const InputFile& file, Scan& scan);

}  // namespace sceau::verifier
