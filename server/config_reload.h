// Which settings a running daemon takes anew (SIGHUP), and which need a restart.
#pragma once

#include <string_view>
#include <vector>

#include "base/status.h"
#include "server/config.h"

namespace sceau::server {

// The keys that need a restart, as in sceaud.toml ("limits.workers").
std::vector<std::string_view> RestartKeys();

// Error kConfigInvalid: element and detail name every key that needs a restart and differs.
Status CheckReload(const Config& running, const Config& next);

}  // namespace sceau::server
