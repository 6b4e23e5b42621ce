#include "server/supervisor.h"

#include <systemd/sd-daemon.h>

#include <cstdint>

#include "base/strings.h"

namespace sceau::server {
namespace {

// What it answers is of no use: without a manager there is nobody to tell.
void Tell(const std::string& message) { ::sd_notify(0, message.c_str()); }

}  // namespace

std::optional<absl::Duration> WatchdogPeriod() {
  uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return absl::Microseconds(static_cast<int64_t>(microseconds));
}

void TellReady(const std::string& status) { Tell(Concat("READY=1\nSTATUS=", status)); }
void TellReloading() { Tell("RELOADING=1"); }
void TellStopping() { Tell("STOPPING=1"); }
void TellStatus(const std::string& status) { Tell(Concat("STATUS=", status)); }
void TellAlive() { Tell("WATCHDOG=1"); }

}  // namespace sceau::server
