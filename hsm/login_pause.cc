#include "hsm/login_pause.h"

#include <algorithm>

#include "base/strings.h"
#include "hsm/ckr_names.h"
#include "hsm/pin_register.h"

namespace sceau::hsm {

Status LoginPause::Check(const PinOrigin& origin, absl::Time now) const {
  const std::lock_guard lock(mutex_);
  if (now >= until_ || !(origin == origin_)) return OkStatus();
  return Error(*ReasonOf(last_), Concat(DetailOf(last_), ", not before ",
                                        absl::FormatTime(until_, absl::UTCTimeZone())));
}

void LoginPause::Tell(const PinOrigin& origin, const Status& answer, absl::Time now) {
  const std::lock_guard lock(mutex_);
  const bool answered = answer.ok() || IsPinRefusal(answer);
  if (answered || !(origin == origin_)) {
    failures_ = 0;
    until_ = absl::InfinitePast();
  }
  origin_ = origin;
  // Only a call that may have reached the token counts.
  if (answered || !FailedCallOf(answer) || LostBeforeAnyEffect(answer)) return;
  last_ = answer;
  constexpr int kDoublings = 5;
  if (failures_++ == 0) return;
  until_ = now + std::min(kFirst * (1 << std::min(failures_ - 2, kDoublings)), kLongest);
}

}  // namespace sceau::hsm
