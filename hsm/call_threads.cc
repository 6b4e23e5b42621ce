#include "hsm/call_threads.h"

#include <sched.h>
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
// sleeps, and a caller for its result when calls usually end by then; but only a few of them: who
// looks yields, and must not slow down who works.
constexpr absl::Duration kLook = absl::Microseconds(500);
const int kProcessors = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
const int kMostAwake = 2 * kProcessors;  // in calls and looking
// While calls end, a job waits so long for one of the threads that make them.
constexpr absl::Duration kDefer = absl::Milliseconds(5);

std::atomic<int> calls_in_progress{0};
std::atomic<int> looking{0};
std::atomic<int> groups{0};
std::atomic<bool> ending{false};  // of the process
thread_local bool in_call_thread = false;

// Where a caller waits for the end of a job. Apart from the job, so that the thread that tells of
// the end need not hold the job any more.
struct Waiting {
  std::mutex mutex;
  std::condition_variable changed;
  std::atomic<bool> ended = false;  // set with the mutex held
  bool left = false;                // the caller is gone
};

struct Job {
  std::function<void()> work;
  const std::shared_ptr<Waiting> waiting = std::make_shared<Waiting>();
  bool refused = false;  // nothing was called: the process ends; before the end
  // Guarded by the mutex of the group.
  bool queued = true;
  bool deferred = false;  // no thread was woken for it, since one will soon be free
  absl::Time begun;
};

struct Thread {
  const int turn;
  std::thread handle;
  // May be in a module, or gives back what a job owned.
  std::atomic<bool> busy = false;
};

bool MayLook() { return calls_in_progress + looking < kMostAwake; }

// Until `done`, the end of kLook or a call that needs the processor.
template <typename Done>
void LookFor(const Done& done) {
  const absl::Time until = absl::Now() + kLook;
  ++looking;
  while (!done() && calls_in_progress + looking <= kMostAwake && absl::Now() < until) {
    std::this_thread::yield();
  }
  --looking;
}

// Each of the threads that make short calls on a processor of its own as long as there are some:
// two of them on one, with callers that look on the other, would stay so. Without it all is right
// and slower.
class OwnProcessor {
 public:
  void Take(int turn) {
    if (taken_ || ::sched_getaffinity(0, sizeof allowed_, &allowed_) != 0) return;
    turn %= CPU_COUNT(&allowed_);
    int processor = 0;
    while (!CPU_ISSET(processor, &allowed_) || turn-- > 0) ++processor;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    taken_ = ::sched_setaffinity(0, sizeof one, &one) == 0;
  }
  void Leave() {
    if (std::exchange(taken_, false)) ::sched_setaffinity(0, sizeof allowed_, &allowed_);
  }

 private:
  bool taken_ = false;
  cpu_set_t allowed_;  // before
};

Status NoAnswer() { return Error(Reason::kTokenUnavailable, "no answer"); }

}  // namespace

// Shared by the group and its threads, which may outlive it.
struct CallThreads::State {
  State(int most, absl::Duration patience) : limit(std::max(most, 1)), longest(patience) {}

  static bool CallOne(const std::shared_ptr<State>& state);
  bool Crowded() const;
  static void Work(const std::shared_ptr<State>& state, Thread& self);
  static void TellEnd(std::shared_ptr<Job> job, Thread& self);
  void AwaitJob(std::unique_lock<std::mutex>& lock, OwnProcessor& own_processor);
  std::list<std::shared_ptr<Job>>::iterator Begin(Thread& self);
  void End(std::list<std::shared_ptr<Job>>::iterator job);
  bool Hangs(const Job& job) const;
  bool AllHang() const;  // every thread there may be
  bool MayBegin() const;
  bool AwaitEnd(Job& job, absl::Time until);
  static Status Wait(const std::shared_ptr<State>& state, const std::shared_ptr<Job>& job,
                     absl::Time deadline);

  const int limit;
  const absl::Duration longest;
  const int first = groups++;  // the turn of the first thread
  std::mutex mutex;
  std::condition_variable posted;
  std::deque<std::shared_ptr<Job>> queue;
  std::list<std::shared_ptr<Job>> running;
  std::list<Thread> threads;
  int idle = 0;
  size_t awake = 0;                // of the idle: they look
  std::atomic<int64_t> usual = 0;  // nanoseconds that a call takes, by the last ones
  std::atomic<size_t> queued = 0;  // the size of the queue
  bool closing = false;
  absl::Time last_end = absl::InfinitePast();
};

void CallThreads::State::Work(const std::shared_ptr<State>& state, Thread& self) {
  in_call_thread = true;
  OwnProcessor own_processor;
  std::unique_lock lock(state->mutex);
  while (true) {
    if (state->queue.empty()) state->AwaitJob(lock, own_processor);
    if (state->queue.empty()) return;
    const auto running = state->Begin(self);
    std::shared_ptr<Job> job = *running;
    const bool crowded = state->Crowded();
    lock.unlock();
    // Not before: what a module starts (threads, a process) would inherit it.
    if (crowded) own_processor.Take(self.turn);
    job->refused = ending;
    if (!job->refused) job->work();
    lock.lock();
    state->End(running);
    lock.unlock();
    // With the lock free: the caller who wakes up finds nothing locked.
    TellEnd(std::move(job), self);
    // The caller would else take the processor a moment later, while the module holds its own locks
    // and another thread wants them.
    std::this_thread::yield();
    lock.lock();
  }
}

void CallThreads::State::AwaitJob(std::unique_lock<std::mutex>& lock, OwnProcessor& own_processor) {
  ++idle;
  if (!closing && MayLook()) {
    ++awake;
    lock.unlock();
    LookFor([this] { return queued > 0; });
    lock.lock();
    --awake;
  }
  if (queue.empty()) own_processor.Leave();
  posted.wait(lock, [this] { return closing || !queue.empty(); });
  --idle;
}

std::list<std::shared_ptr<Job>>::iterator CallThreads::State::Begin(Thread& self) {
  // Counted before it is asked whether any may begin: EndCalls asks the other way round.
  ++calls_in_progress;
  self.busy = true;
  std::shared_ptr<Job> job = std::move(queue.front());
  queue.pop_front();
  queued = queue.size();
  job->queued = false;
  job->begun = absl::Now();
  return running.insert(running.end(), std::move(job));
}

void CallThreads::State::End(std::list<std::shared_ptr<Job>>::iterator job) {
  last_end = absl::Now();
  usual += (absl::ToInt64Nanoseconds(last_end - (*job)->begun) - usual) / 8;
  running.erase(job);
}

void CallThreads::State::TellEnd(std::shared_ptr<Job> job, Thread& self) {
  const std::shared_ptr<Waiting> waiting = job->waiting;
  {
    const std::lock_guard lock(waiting->mutex);
    waiting->ended = true;
    // While the caller still has it: what a job owns (a session, a whole token) is given back here
    // only when the caller has left.
    if (!waiting->left) {
      job.reset();
      // Before the caller knows: it may end the group next, which then waits for this thread.
      self.busy = false;
    }
  }
  waiting->changed.notify_one();
  job.reset();
  self.busy = false;
  --calls_in_progress;
}

bool CallThreads::State::Hangs(const Job& job) const { return absl::Now() >= job.begun + longest; }

bool CallThreads::State::AllHang() const {
  const auto hangs = [this](const std::shared_ptr<Job>& job) { return Hangs(*job); };
  return static_cast<int>(running.size()) == limit &&
         std::all_of(running.begin(), running.end(), hangs);
}

// While calls hang and nothing has ended since, one caller at a time finds out whether the module
// answers again; the others need not wait for that.
bool CallThreads::State::MayBegin() const {
  int hanging = 0;
  bool answered = false;
  for (const std::shared_ptr<Job>& job : running) {
    if (!Hangs(*job)) continue;
    ++hanging;
    answered = answered || last_end > job->begun + longest;
  }
  if (hanging == 0) return true;
  if (hanging == limit) return false;
  return answered || (running.size() == static_cast<size_t>(hanging) && queue.empty());
}

// Gives whether the job ended.
bool CallThreads::State::AwaitEnd(Job& job, absl::Time until) {
  Waiting& waiting = *job.waiting;
  const auto ended = [&waiting] { return waiting.ended.load(); };
  if (MayLook() && usual < absl::ToInt64Nanoseconds(kLook)) LookFor(ended);
  std::unique_lock lock(waiting.mutex);
  return waiting.changed.wait_until(lock, absl::ToChronoTime(until), ended);
}

Status CallThreads::State::Wait(const std::shared_ptr<State>& state,
                                const std::shared_ptr<Job>& job, absl::Time deadline) {
  absl::Time until = std::min(deadline, absl::Now() + (job->deferred ? kDefer : state->longest));
  while (!state->AwaitEnd(*job, until)) {
    const std::lock_guard lock(state->mutex);
    const absl::Time now = absl::Now();
    if (job->deferred && job->queued && now < deadline && state->last_end + kLook > now) {
      until = std::min(deadline, now + kDefer);
      continue;
    }
    // The threads that would soon be free are not.
    const bool deferred = std::exchange(job->deferred, false);
    if (deferred && job->queued && CallOne(state)) state->posted.notify_one();
    // A job that begins does not wake its caller, who looks again soon enough for `longest`.
    until = std::min(deadline, job->queued ? now + state->longest : job->begun + state->longest);
    if (now < until && !(job->queued && state->AllHang())) continue;
    const std::lock_guard waiting(job->waiting->mutex);
    if (job->waiting->ended) break;
    job->waiting->left = true;
    if (!job->queued) return NoAnswer();
    std::erase(state->queue, job);
    state->queued = state->queue.size();
    return now < until ? NoAnswer() : Error(Reason::kTokenBusy);
  }
  return job->refused ? NoAnswer() : OkStatus();
}

// Calls this short are work of a processor: more threads than processors would only take turns. One
// that hangs is none of them, and while none has ended nothing is known of them.
bool CallThreads::State::Crowded() const {
  if (static_cast<int>(running.size()) < kProcessors) return false;
  const absl::Time since = absl::Now() - kDefer;
  const auto lately = [since](const std::shared_ptr<Job>& job) { return job->begun > since; };
  return usual < absl::ToInt64Nanoseconds(kLook) && last_end > since &&
         std::count_if(running.begin(), running.end(), lately) >= kProcessors;
}

// A thread for what has just been queued: a new one, or it gives that one is to be woken.
bool CallThreads::State::CallOne(const std::shared_ptr<State>& state) {
  if (state->idle < static_cast<int>(state->queue.size()) &&
      static_cast<int>(state->threads.size()) < state->limit) {
    const int turn = state->first + static_cast<int>(state->threads.size());
    Thread& thread = state->threads.emplace_back(turn);
    thread.handle = std::thread([state, &thread] { Work(state, thread); });
    return false;
  }
  return state->awake < state->queue.size();
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
  job->deferred = state_->Crowded();
  if (!job->deferred && State::CallOne(state_)) {
    // Woken with the lock free: woken with it held, the thread would at once sleep again.
    lock.unlock();
    state_->posted.notify_one();
  } else {
    lock.unlock();
  }
  return State::Wait(state_, job, deadline);
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
