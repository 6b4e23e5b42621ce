// What the daemon tells the service manager that started it (systemd's sd_notify protocol); nothing
// when none did.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace sceau::server {

// How often it wants to hear that the daemon lives, else it ends it; none: never.
std::optional<absl::Duration> WatchdogPeriod();

void TellReady(const std::string& status);
void TellReloading();
void TellStopping();
// One line for the operator; does not say that anything changed.
void TellStatus(const std::string& status);
void TellAlive();

}  // namespace sceau::server
