// The calls in progress: how many there may be, of all and of one caller, and which of them stand
// still.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status.h"

namespace sceau::server {

class ActiveCalls {
 public:
  // A call as seen from here.
  class Call {
   public:
    virtual ~Call() = default;
    // The client has neither sent nor taken anything for the idle timeout: end the call.
    virtual void OnIdle() = 0;

   protected:
    // The call waits for its client from now on, or no longer.
    void StartWaiting() { waiting_since_ = absl::ToUnixMillis(absl::Now()); }
    void StopWaiting() { waiting_since_ = 0; }

   private:
    friend class ActiveCalls;
    std::atomic<int64_t> waiting_since_{0};  // milliseconds; 0: does not wait
    std::string share_;                      // whose; empty: nobody's
  };

  ActiveCalls(int most, absl::Duration idle_timeout);
  ~ActiveCalls();

  // From now on; calls in progress stay.
  void SetLimits(int most, absl::Duration idle_timeout);

  // `caller`: whose share it takes of, half of all at the most; empty: of nobody's. Errors:
  // kServiceUnavailable while the daemon drains, kOverloaded, kRateLimited (the caller has his
  // share).
  Status Add(Call* call, const std::string& caller);
  void Remove(Call* call);
  // From now on Add refuses.
  void Drain() { draining_ = true; }

 private:
  void Watch();

  std::atomic<size_t> most_;
  std::atomic<int64_t> idle_ms_;
  std::atomic<bool> draining_{false};
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;
  std::set<Call*> calls_;
  std::map<std::string, size_t> shares_;  // calls in progress by caller
  std::thread watch_;
};

}  // namespace sceau::server
