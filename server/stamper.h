// Has the newest checkpoint of the audit log time-stamped by an authority (audit/stamp.h), in the
// background: nothing waits for it. An authority that does not answer is asked again, up to once a
// minute; a stamp over a later checkpoint covers what was before it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "audit/checkpoint.h"
#include "base/status.h"

namespace sceau::server {

class Stamper {
 public:
  using Newest = std::function<std::optional<audit::Checkpoint>()>;
  // `url` empty: nothing is stamped. Stamps are added to `file`.
  Stamper(std::string url, std::string file, Newest newest);
  ~Stamper();

  // Of the last request to the authority. Errors: kServiceUnavailable, kAuditUnavailable.
  Status state() const;

 private:
  void Run();
  Status Stamp(const audit::Checkpoint& checkpoint) const;

  const std::string url_, file_;
  const Newest newest_;
  mutable std::mutex mutex_;
  std::condition_variable ending_;
  bool end_ = false;
  Status state_;
  std::thread thread_;
};

}  // namespace sceau::server
