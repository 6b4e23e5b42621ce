// AccessService as functions, for the principal manager of a collectivité. Errors as in client.h.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "tools/client/client.h"

namespace sceau::client {

struct CallerAccess {
  std::string name;
  std::vector<std::string> roles, keys;
  bool enabled = false, manager = false;
};

// Which caller of which collectivité, and why: for the audit log.
struct AccessOrder {
  std::string collectivite, caller, reason;
};

StatusOr<std::vector<CallerAccess>> ListAccess(const Options& options,
                                               const std::string& collectivite);
Status SetAccess(const Options& options, const AccessOrder& order, bool enabled);
// He is the manager from now on.
Status HandOver(const Options& options, const AccessOrder& order);

}  // namespace sceau::client
