#include "policy/record.h"

#include <algorithm>

namespace sceau::policy {

absl::Time Delegation::Executory() const {
  if (!published_at || !transmitted_at) return absl::InfiniteFuture();
  return std::max(*published_at, *transmitted_at);
}

}  // namespace sceau::policy
