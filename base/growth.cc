#include "base/growth.h"

#include <algorithm>

namespace sceau {

void Growth::Extend(int64_t size) {
  {
    const std::lock_guard lock(mutex_);
    size_ = size;
  }
  changed_.notify_all();
}

void Growth::End(bool whole) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kGrowing) state_ = whole ? State::kWhole : State::kGivenUp;
  }
  changed_.notify_all();
}

void Growth::AwaitReader(int64_t lead) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return left_ || size_ - asked_ <= lead || state_ != State::kGrowing; });
}

void Growth::Leave() const {
  {
    const std::lock_guard lock(mutex_);
    left_ = true;
  }
  changed_.notify_all();
}

std::optional<int64_t> Growth::WaitFor(int64_t end) const {
  std::unique_lock lock(mutex_);
  asked_ = std::max(asked_, end);
  changed_.notify_all();
  changed_.wait(lock, [&] { return size_ >= end || state_ != State::kGrowing; });
  if (state_ == State::kGivenUp) return std::nullopt;
  return size_;
}

}  // namespace sceau
