// Records that come from elsewhere: an export, a file written by hand.
//
// Nobody's word of what was verified comes with them: `act_verified` is taken off every delegation.
#pragma once

#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/status.h"
#include "policy/record.h"

namespace sceau::policy {

// When imported records count as known.
enum class Known {
  kFromNow,      // whatever the lines say, so that what was answered before stays true
  kAsTheLinesSay  // for a new register; a line without it, or with one after `now`, is refused
};

// One record a line. All or none: DELEGATION_INVALID with the number of the first bad line.
StatusOr<std::vector<Record>> ReadImport(std::string_view lines, absl::Time now, Known known);

}  // namespace sceau::policy
