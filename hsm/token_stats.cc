#include "hsm/token_stats.h"

#include <algorithm>
#include <utility>

#include "hsm/ckr_names.h"

namespace sceau::hsm {

TokenStats::TokenStats(std::string label, std::string serial) {
  health_.label = std::move(label);
  health_.serial = std::move(serial);
  health_.present = true;
}

void TokenStats::SetPresent(bool present) {
  const std::lock_guard lock(mutex_);
  health_.present = present;
  if (!present) health_.logged_in = false;
}

void TokenStats::SetLoggedIn(bool logged_in) {
  const std::lock_guard lock(mutex_);
  health_.logged_in = logged_in;
}

void TokenStats::Count(const Status& failure) {
  const auto failed = FailedCallOf(failure);
  if (!failed) return;
  const std::lock_guard lock(mutex_);
  ++health_.errors[CkrName(failed->code)];
  if (LossOf(failed->code) != Loss::kNone) health_.logged_in = false;
  if (failed->code == CKR_DEVICE_REMOVED || failed->code == CKR_TOKEN_NOT_PRESENT) {
    health_.present = false;
  }
}

void TokenStats::Borrowed(absl::Duration waited) {
  const std::lock_guard lock(mutex_);
  ++health_.sessions_in_use;
  health_.waited += waited;
}

void TokenStats::GaveBack() {
  const std::lock_guard lock(mutex_);
  --health_.sessions_in_use;
}

void TokenStats::Signed(absl::Time now) {
  const std::lock_guard lock(mutex_);
  ++health_.signatures;
  health_.last_signature = now;
}

void TokenStats::OpenedKey(absl::Time certificate_expires) {
  const std::lock_guard lock(mutex_);
  auto& first = health_.certificate_expires;
  first = first ? std::min(*first, certificate_expires) : certificate_expires;
}

TokenHealth TokenStats::Now() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

}  // namespace sceau::hsm
