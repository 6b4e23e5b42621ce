#include "hsm/call_threads.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <thread>

#include "absl/time/clock.h"

namespace sceau::hsm {
namespace {

constexpr absl::Duration kAwaitStep = absl::Milliseconds(5);
// To wake a sleeping thread takes tens of microseconds when its processor sleeps too (in a virtual
// machine), as long as many a signature. So a thread looks for its next job so long before it
// sleeps, and a caller for its result when calls usually end by then: as many as there are
// processors, no more.
constexpr absl::Duration kLook = absl::Microseconds(200);
const size_t kLookers = std::max(1u, std::thread::hardware_concurrency());

std::atomic<int> calls_in_progress{0};
std::atomic<bool> ending{false};  // of the process
thread_local bool in_call_thread = false;

struct Job {
  enum class Stage { kQueued, kRunning, kEnded };
  std::function<void()> work;
  std::atomic<Stage> stage = Stage::kQueued;
  bool left = false;     // the caller is gone
  bool refused = false;  // nothing was called: the process ends
  absl::Time begun;
  // By itself: who wakes the caller must not be the last to hold the job.
  const std::shared_ptr<std::condition_variable> changed =
      std::make_shared<std::condition_variable>();
};

struct Thread {
  std::thread handle;
  bool busy = false;
};

// Until `done` or the end of kLook. Whoever else can use the processor gets it meanwhile.
void LookFor(const std::function<bool()>& done) {
  const absl::Time until = absl::Now() + kLook;
  while (!done() && absl::Now() < until) std::this_thread::yield();
}

Status NoAnswer() { return Error(Reason::kTokenUnavailable, "no answer"); }

}  // namespace

// Shared by the group and its threads, which may outlive it.
struct CallThreads::State {
  State(int most, absl::Duration patience) : limit(std::max(most, 1)), longest(patience) {}

  static void Work(const std::shared_ptr<State>& state, Thread& self);
  void AwaitJob(std::unique_lock<std::mutex>& lock);
  void RunOne(std::unique_lock<std::mutex>& lock, Thread& self);
  bool MayBegin() const;
  Status Wait(std::unique_lock<std::mutex>& lock, Job& job, absl::Time deadline);

  const int limit;
  const absl::Duration longest;
  std::mutex mutex;
  std::condition_variable posted;
  std::deque<std::shared_ptr<Job>> queue;
  std::list<std::shared_ptr<Job>> running;
  std::list<Thread> threads;
  int idle = 0;
  size_t looking = 0;  // of the idle: not asleep
  size_t callers_looking = 0;
  absl::Duration usual;            // how long a call takes, by the last ones
  std::atomic<size_t> queued = 0;  // the size of the queue
  bool closing = false;
  absl::Time last_end = absl::InfinitePast();
};

void CallThreads::State::Work(const std::shared_ptr<State>& state, Thread& self) {
  in_call_thread = true;
  std::unique_lock lock(state->mutex);
  while (true) {
    state->AwaitJob(lock);
    if (state->queue.empty()) return;
    // Counted before it is asked whether any may begin: EndCalls asks the other way round.
    ++calls_in_progress;
    state->RunOne(lock, self);
    --calls_in_progress;
  }
}

void CallThreads::State::AwaitJob(std::unique_lock<std::mutex>& lock) {
  ++idle;
  if (queue.empty() && !closing && looking < kLookers) {
    ++looking;
    lock.unlock();
    LookFor([this] { return queued > 0; });
    lock.lock();
    --looking;
  }
  posted.wait(lock, [this] { return closing || !queue.empty(); });
  --idle;
}

void CallThreads::State::RunOne(std::unique_lock<std::mutex>& lock, Thread& self) {
  std::shared_ptr<Job> job = std::move(queue.front());
  queue.pop_front();
  queued = queue.size();
  job->stage = Job::Stage::kRunning;
  job->begun = absl::Now();
  const auto at = running.insert(running.end(), job);
  self.busy = true;
  job->refused = ending;
  lock.unlock();
  if (!job->refused) job->work();
  lock.lock();
  running.erase(at);
  last_end = absl::Now();
  usual += (last_end - job->begun - usual) / 8;
  job->stage = Job::Stage::kEnded;
  if (job->left) {
    // Nobody else has it: what it owns (a session, a whole token) is given back here.
    lock.unlock();
    job.reset();
    lock.lock();
  } else {
    const std::shared_ptr<std::condition_variable> changed = job->changed;
    job.reset();  // while the caller, who waits for the lock, still has it
    // Woken with the lock free: woken with it held, the caller would at once sleep again.
    lock.unlock();
    changed->notify_one();
    lock.lock();
  }
  self.busy = false;
}

// While calls hang and nothing has ended since, one caller at a time finds out whether the module
// answers again; the others need not wait for that.
bool CallThreads::State::MayBegin() const {
  const absl::Time now = absl::Now();
  int hanging = 0;
  bool answered = false;
  for (const std::shared_ptr<Job>& job : running) {
    if (now < job->begun + longest) continue;
    ++hanging;
    answered = answered || last_end > job->begun + longest;
  }
  if (hanging == 0) return true;
  if (hanging == limit) return false;
  return answered || (running.size() == static_cast<size_t>(hanging) && queue.empty());
}

Status CallThreads::State::Wait(std::unique_lock<std::mutex>& lock, Job& job, absl::Time deadline) {
  if (usual < kLook && callers_looking < kLookers) {
    ++callers_looking;
    lock.unlock();
    LookFor([&job] { return job.stage == Job::Stage::kEnded; });
    lock.lock();
    --callers_looking;
  }
  while (job.stage != Job::Stage::kEnded) {
    const bool begun = job.stage == Job::Stage::kRunning;
    const absl::Time until = begun ? std::min(deadline, job.begun + longest) : deadline;
    if (absl::Now() >= until) return begun ? NoAnswer() : Error(Reason::kTokenBusy);
    // A job that begins does not wake its caller, who looks again soon enough for `longest`.
    job.changed->wait_until(lock, absl::ToChronoTime(std::min(until, absl::Now() + longest)));
  }
  return job.refused ? NoAnswer() : OkStatus();
}

CallThreads::CallThreads(int limit, absl::Duration longest)
    : process_(::getpid()), state_(std::make_shared<State>(limit, longest)) {}

CallThreads::~CallThreads() {
  if (::getpid() != process_) return;  // the threads are the parent's, and the state with them
  std::list<std::thread> idle;
  {
    const std::lock_guard lock(state_->mutex);
    state_->closing = true;
    for (Thread& thread : state_->threads) {
      if (thread.busy) {
        thread.handle.detach();  // it keeps the state
      } else {
        idle.push_back(std::move(thread.handle));
      }
    }
  }
  state_->posted.notify_all();
  for (std::thread& thread : idle) thread.join();
}

Status CallThreads::RunJob(absl::Time deadline, std::function<void()> work) {
  if (::getpid() != process_) return Error(Reason::kTokenUnavailable, "fork");
  const auto job = std::make_shared<Job>();
  job->work = std::move(work);
  std::unique_lock lock(state_->mutex);
  if (absl::Now() >= deadline) return Error(Reason::kTokenBusy);
  if (ending) return NoAnswer();
  if (!state_->MayBegin()) return NoAnswer();
  state_->queue.push_back(job);
  state_->queued = state_->queue.size();
  if (state_->idle < static_cast<int>(state_->queue.size()) &&
      static_cast<int>(state_->threads.size()) < state_->limit) {
    Thread& thread = state_->threads.emplace_back();
    thread.handle = std::thread([state = state_, &thread] { State::Work(state, thread); });
  } else if (state_->looking < state_->queue.size()) {
    lock.unlock();
    state_->posted.notify_one();
    lock.lock();
  }
  const Status status = state_->Wait(lock, *job, deadline);
  if (status.ok()) return status;
  job->left = true;
  if (job->stage == Job::Stage::kQueued) std::erase(state_->queue, job);
  state_->queued = state_->queue.size();
  return status;
}

bool InCallThread() { return in_call_thread; }

bool AwaitCalls(absl::Time deadline) {
  while (calls_in_progress > 0) {
    if (absl::Now() >= deadline) return false;
    absl::SleepFor(kAwaitStep);
  }
  return true;
}

bool EndCalls(absl::Time deadline) {
  ending = true;
  return AwaitCalls(deadline);
}

}  // namespace sceau::hsm
