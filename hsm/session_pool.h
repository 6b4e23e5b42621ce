// The worker sessions of one token: opened when needed, up to a limit, lent to one caller at a
// time.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "base/status.h"
#include "hsm/session.h"

namespace sceau::hsm {

class SessionPool {
 public:
  // A session on loan; it goes back to the pool at the end. The pool outlives its loans.
  class Lease {
   public:
    Lease(SessionPool* pool, Session session) : pool_(pool), session_(std::move(session)) {}
    ~Lease();
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&&) = delete;

    const Session& session() const { return *session_; }
    // Ends the session instead of giving it back; another one may be opened in its place.
    void Drop(Loss loss);

   private:
    SessionPool* pool_;
    std::optional<Session> session_;
  };

  // At most `limit` (at least 1) sessions at a time.
  SessionPool(Slot slot, int limit) : slot_(std::move(slot)), limit_(limit) {}
  // A token with a single session: it is the only worker.
  SessionPool(Slot slot, Session only);
  SessionPool(const SessionPool&) = delete;
  SessionPool& operator=(const SessionPool&) = delete;

  // Waits until a session is free. Errors: kTokenBusy when none is before `deadline` (or the
  // deadline has passed already), those of Session::Open.
  StatusOr<Lease> Acquire(absl::Time deadline);
  // Ends the sessions that nobody uses, see Session::EndIfAlive.
  void DropIdle();

 private:
  void Return(Session session);
  void Forget();

  const Slot slot_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<Session> idle_;
  int open_ = 0;  // idle, on loan, or being opened
  int limit_;
};

}  // namespace sceau::hsm
