// Compares archive time stamps with what they are over, and what manifests name with its digests,
// reading the document again: in a pass for what lies in it in the order of the references, a few
// for what does not. Nothing of the document is held.
#pragma once

#include <vector>

#include "base/file.h"
#include "verifier/scan.h"
#include "verifier/verifier.h"

namespace sceau::verifier {

// What would need more is not checked: the time stamp proves nothing, the manifest is not followed.
inline constexpr int kMaxImprintPasses = 8;
// Elements that are digested at the same time; those beyond wait for the next pass.
inline constexpr size_t kMaxOpenImprints = 16;

// Errors: kInputChanged when the file is not what the first pass read.
Status CompareImprints(const InputFile& file, const std::vector<GivenContent>& contents,
                       Scan& scan);

}  // namespace sceau::verifier
