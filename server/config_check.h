// `sceaud --check-config`: everything that can be known of a configuration without a token, a port
// or a change to any file.
#pragma once

#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "server/config.h"

namespace sceau::server {

// Every problem, none when there is none: those of Setup::Load (profiles, schemas, agreements,
// trust, revocation), kKeyUriInvalid, kConfigInvalid (a module that is no file),
// kPinSourceUnreadable (a PIN file that is absent or that others may read; what systemd makes at
// the start under /run/credentials is not looked for), kOutputUnwritable (of the work folder).
std::vector<Status> CheckConfig(const Config& config, const Clock& clock);

}  // namespace sceau::server
