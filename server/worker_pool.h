// Threads that do what a reactor must not: read and write files, parse, sign, verify.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sceau::server {

class WorkerPool {
 public:
  explicit WorkerPool(int threads);
  // Runs what was posted, then ends the threads.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Never waits. Jobs start in the order they were posted. The number of jobs is bounded by the
  // number of calls admitted (ActiveCalls).
  void Post(std::function<void()> job);
  // Posted and not begun.
  size_t waiting() const;

 private:
  void Work();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sceau::server
