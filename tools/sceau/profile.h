// The signature profiles this machine has: the embedded ones and those of the configured folder.
#pragma once

#include "base/status.h"
#include "tools/sceau/config.h"
#include "xades/profile.h"

namespace sceau::cli {

// Error: kProfileInvalid.
StatusOr<xades::ProfileSet> LoadProfiles(const Config& config);

}  // namespace sceau::cli
