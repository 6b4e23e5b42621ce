// Compares archive time stamps with what they are over, reading the document again: in a pass for
// what lies in it in the order of the references, a few for what does not. Nothing of the document
// is held.
#pragma once

#include <vector>

#include "base/file.h"
#include "verifier/scan.h"
#include "verifier/verifier.h"

namespace sceau::verifier {

// A time stamp that would need more is not checked, and proves nothing.
inline constexpr int kMaxImprintPasses = 16;

// Errors: kInputChanged when the file is not what the first pass read.
Status CompareArchiveImprints(const InputFile& file, const std::vector<GivenContent>& contents,
                              Scan& scan);

}  // namespace sceau::verifier
