#include "server/clock_watch.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "base/file.h"
#include "base/strings.h"

namespace sceau::server {
namespace {

constexpr size_t kMaxText = 64;  // bytes
constexpr absl::Duration kWritePeriod = absl::Minutes(1);

std::string TextOf(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

std::optional<absl::Time> TimeIn(const std::string& path) {
  const auto text = ReadSmallFile(path, kMaxText);
  absl::Time time;
  std::string ignored;
  if (!text.ok() ||
      !absl::ParseTime(absl::RFC3339_full, absl::StripAsciiWhitespace(*text), &time, &ignored)) {
    return std::nullopt;
  }
  return time;
}

// A folder that cannot be written is told elsewhere: nothing is signed with it.
bool Keep(const std::string& path, absl::Time time) {
  auto file = OutputFile::Create(path, /*force=*/true);
  return file.ok() && file->Append(TextOf(time) + "\n").ok() && file->Publish().ok();
}

}  // namespace

ClockWatch::ClockWatch(const std::string& state_folder)
    : path_(state_folder.empty() ? "" : Concat(state_folder, "/latest-time")) {}

void ClockWatch::Observe(absl::Time now) {
  const std::lock_guard lock(mutex_);
  const std::optional<absl::Time> kept = path_.empty() ? std::nullopt : TimeIn(path_);
  const bool removed = !kept && written_ != absl::InfinitePast();
  if (removed) latest_ = written_ = absl::InfinitePast();
  latest_ = std::max({latest_, now, kept.value_or(now)});
  if (path_.empty() || (kept && latest_ - *kept < kWritePeriod)) return;
  if (Keep(path_, latest_)) written_ = latest_;
}

Status ClockWatch::Check(absl::Time now) const {
  const std::lock_guard lock(mutex_);
  if (now >= latest_ - kTolerance) return OkStatus();
  return Error(Reason::kServiceUnavailable,
               Concat("clock set back: ", TextOf(now), " < ", TextOf(latest_)));
}

}  // namespace sceau::server
