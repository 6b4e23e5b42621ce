// The Id of a signature that is to be made.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "xades/profile.h"
#include "xml/ids.h"

namespace sceau::signer {

// By the profile's pattern ({id}, {time}, {n}), with the first suffix _2, _3... that makes it and
// those of its companions free; then they are taken.
std::string TakeSignatureId(const xades::Profile& profile, std::string_view signed_id,
                            absl::Time signing_time, size_t ordinal, xml::IdSet& ids);

}  // namespace sceau::signer
