// Notices that the clock was set back: what is signed then would carry a false date, and a
// revocation or delegation that has ended would count again.
//
// The latest time seen is kept in the state folder (latest-time, RFC 3339), so that a restart does
// not forget it. When it was that time which was wrong, removing the file admits the clock again.
#pragma once

#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "base/status.h"

namespace sceau::server {

class ClockWatch {
 public:
  // What NTP may correct at once.
  static constexpr absl::Duration kTolerance = absl::Minutes(1);

  // `state_folder` empty: the latest time goes with the daemon.
  explicit ClockWatch(const std::string& state_folder);

  // To be called now and then: reads what the folder says, keeps `now` when it is later.
  void Observe(absl::Time now);
  // Touches no file. Error kServiceUnavailable, with both times.
  Status Check(absl::Time now) const;

 private:
  const std::string path_;  // empty: none
  mutable std::mutex mutex_;
  absl::Time latest_ = absl::InfinitePast();
  absl::Time written_ = absl::InfinitePast();
};

}  // namespace sceau::server
