// Threads that call into a module for callers who do not wait for ever.
//
// Nothing can interrupt a call into a module. It is made by a thread of this group: a caller whose
// time is over leaves, the thread stays with the call until it ends. There are never more than
// `limit` threads, so a module that hangs never holds more.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "base/status.h"

namespace sceau::hsm {

class CallThreads {
 public:
  // A call that takes longer than `longest` is taken for one that hangs.
  CallThreads(int limit, absl::Duration longest);
  // When nobody waits any more. A thread that is still in a call is left to itself.
  ~CallThreads();
  CallThreads(const CallThreads&) = delete;
  CallThreads& operator=(const CallThreads&) = delete;

  // Runs `job` in one of the threads and gives what it gives. A job owns all it uses: it may go on
  // when the caller has left, and what it then gives is thrown away.
  // Errors: kTokenBusy when `deadline` passed before the job began (it never will); kTokenUnavailable
  // when it had begun and did not end by then or took too long, and at once while calls hang and
  // nothing has ended since; also in a forked child.
  template <typename T>
  StatusOr<T> Run(absl::Time deadline, std::function<StatusOr<T>()> job) {
    auto result = std::make_shared<std::optional<StatusOr<T>>>();
    SCEAU_RETURN_IF_ERROR(
        RunJob(deadline, [result, job = std::move(job)] { result->emplace(job()); }));
    return std::move(**result);
  }

 private:
  struct State;
  Status RunJob(absl::Time deadline, std::function<void()> work);

  const pid_t process_;
  const std::shared_ptr<State> state_;
};

// Whether this thread is one that calls into modules.
bool InCallThread();

// Waits until no thread is in a module, at most until `deadline`.
bool AwaitCalls(absl::Time deadline);
// At the end of a process: no call begins any more; waits for those in progress. When it gives
// false, the exit handlers must not run (they would pull the modules from under those threads): only
// _exit is safe.
bool EndCalls(absl::Time deadline);

}  // namespace sceau::hsm
