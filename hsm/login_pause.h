// When a login fails and the token does not say that the PIN is wrong, the same PIN may have been
// counted as a wrong one all the same. It is tried a second time, then after longer and longer
// pauses only.
#pragma once

#include <mutex>

#include "absl/time/time.h"
#include "base/status.h"
#include "hsm/tokens.h"

namespace sceau::hsm {

// Of one token. Safe to use from several threads.
class LoginPause {
 public:
  static constexpr absl::Duration kFirst = absl::Seconds(2);
  static constexpr absl::Duration kLongest = absl::Minutes(1);

  // Before a login with the PIN of this source. Error: that of the last login, with when the next
  // is allowed.
  Status Check(const PinOrigin& origin, absl::Time now) const;
  // What came of it.
  void Tell(const PinOrigin& origin, const Status& answer, absl::Time now);

 private:
  mutable std::mutex mutex_;
  PinOrigin origin_;
  int failures_ = 0;  // in a row, with the PIN of origin_
  Status last_;
  absl::Time until_ = absl::InfinitePast();
};

}  // namespace sceau::hsm
