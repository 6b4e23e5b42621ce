#include "server/stamper.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "audit/stamp.h"
#include "base/strings.h"
#include "server/line_file.h"
#include "server/log.h"
#include "verifier/time_stamp_request.h"

namespace sceau::server {
namespace {

constexpr auto kLook = std::chrono::seconds(1);
constexpr auto kLongestPause = std::chrono::seconds(60);
constexpr absl::Duration kDeadline = absl::Seconds(5);  // the end of the daemon may wait so long

}  // namespace

Stamper::Stamper(std::string url, std::string file, Newest newest)
    : url_(std::move(url)), file_(std::move(file)), newest_(std::move(newest)) {
  if (!url_.empty()) thread_ = std::thread([this] { Run(); });
}

Stamper::~Stamper() {
  {
    const std::lock_guard lock(mutex_);
    end_ = true;
  }
  ending_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Status Stamper::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

Status Stamper::Stamp(const audit::Checkpoint& checkpoint) const {
  SCEAU_ASSIGN_OR_RETURN(
      const std::string token,
      verifier::RequestTimeStamp(url_, checkpoint.text, {.deadline = kDeadline}));
  return AddLine(file_, audit::StampLine(checkpoint.text, token));
}

void Stamper::Run() {
  std::string stamped;  // the text of the last checkpoint that was
  auto pause = kLook;
  std::unique_lock lock(mutex_);
  while (!ending_.wait_for(lock, pause, [this] { return end_; })) {
    lock.unlock();
    const auto newest = newest_();
    const bool due = newest && newest->text != stamped;
    const Status status = due ? Stamp(*newest) : OkStatus();
    if (!status.ok()) {
      Log(LogLevel::kError, "time stamp",
          {{"record", Concat(newest->n)}, {"detail", DetailOf(status)}});
    } else if (due) {
      Log(LogLevel::kInfo, "time stamp", {{"record", Concat(newest->n)}});
      stamped = newest->text;
    }
    pause = status.ok() ? kLook : std::min(2 * pause, kLongestPause);
    lock.lock();
    if (due) state_ = status;
  }
}

}  // namespace sceau::server
