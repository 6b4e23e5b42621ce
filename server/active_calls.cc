#include "server/active_calls.h"

#include <algorithm>
#include <chrono>

#include "absl/time/clock.h"

namespace sceau::server {

ActiveCalls::ActiveCalls(int most, absl::Duration idle_timeout)
    : most_(static_cast<size_t>(most)),
      idle_ms_(absl::ToInt64Milliseconds(idle_timeout)),
      watch_([this] { Watch(); }) {}

ActiveCalls::~ActiveCalls() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ended_.notify_all();
  watch_.join();
}

void ActiveCalls::SetLimits(int most, absl::Duration idle_timeout) {
  most_ = static_cast<size_t>(most);
  idle_ms_ = absl::ToInt64Milliseconds(idle_timeout);
}

Status ActiveCalls::Add(Call* call, const std::string& caller) {
  const std::lock_guard lock(mutex_);
  if (draining_) return Error(Reason::kServiceUnavailable);
  if (calls_.size() >= most_) return Error(Reason::kOverloaded);
  if (!caller.empty()) {
    size_t& share = shares_[caller];
    if (share >= std::max<size_t>(1, most_ / 2)) return Error(Reason::kRateLimited);
    ++share;
  }
  call->share_ = caller;
  calls_.insert(call);
  return OkStatus();
}

void ActiveCalls::Remove(Call* call) {
  const std::lock_guard lock(mutex_);
  calls_.erase(call);
  const auto share = shares_.find(call->share_);
  if (share != shares_.end() && --share->second == 0) shares_.erase(share);
}

void ActiveCalls::Watch() {
  const auto period = [this] {
    return std::chrono::milliseconds(std::clamp<int64_t>(idle_ms_ / 4, 10, 1000));
  };
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, period(), [this] { return ending_; })) {
    const int64_t now = absl::ToUnixMillis(absl::Now());
    for (Call* call : calls_) {
      const int64_t since = call->waiting_since_;
      // The lock keeps the call alive: it removes itself before it goes.
      if (since != 0 && now - since >= idle_ms_) call->OnIdle();
    }
  }
}

}  // namespace sceau::server
