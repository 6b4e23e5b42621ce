#include "hsm/session_pool.h"

#include <utility>

#include "absl/time/clock.h"

namespace sceau::hsm {

SessionPool::Lease::~Lease() {
  if (session_) pool_->Return(*std::move(session_));
}

SessionPool::Lease::Lease(Lease&& other) noexcept
    : pool_(other.pool_), session_(std::exchange(other.session_, std::nullopt)) {}

void SessionPool::Lease::Drop(Loss loss) {
  if (!session_) return;
  session_->End(loss);
  session_.reset();
  pool_->Forget();
}

SessionPool::SessionPool(Slot slot, Session only) : slot_(std::move(slot)), open_(1), limit_(1) {
  idle_.push_back(std::move(only));
}

StatusOr<SessionPool::Lease> SessionPool::Acquire(absl::Time deadline) {
  SCEAU_RETURN_IF_ERROR(CheckProcess(slot_));
  std::unique_lock lock(mutex_);
  while (absl::Now() < deadline) {
    if (!idle_.empty()) {
      Lease lease(this, std::move(idle_.back()));
      idle_.pop_back();
      return lease;
    }
    if (open_ >= limit_) {
      freed_.wait_until(lock, absl::ToChronoTime(deadline));
      continue;
    }
    ++open_;
    lock.unlock();
    StatusOr<Session> session = Session::Open(slot_);
    if (session.ok()) return Lease(this, *std::move(session));
    lock.lock();
    --open_;
    freed_.notify_one();
    // The token has fewer sessions than it says, or another program has them: wait for ours.
    if (ReasonOf(session.status()) != Reason::kTokenBusy || open_ == 0) return session.status();
    limit_ = open_;
  }
  freed_.notify_one();  // a wake-up meant for this caller goes on to another
  return Error(Reason::kTokenBusy);
}

void SessionPool::DropIdle() {
  std::vector<Session> dropped;
  {
    const std::lock_guard lock(mutex_);
    dropped.swap(idle_);
    open_ -= static_cast<int>(dropped.size());
  }
  for (Session& session : dropped) session.EndIfAlive();
  freed_.notify_all();
}

void SessionPool::Return(Session session) {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(session));
  }
  freed_.notify_one();
}

void SessionPool::Forget() {
  {
    const std::lock_guard lock(mutex_);
    --open_;
  }
  freed_.notify_one();
}

}  // namespace sceau::hsm
