// Who the callers are and what each may do: an immutable snapshot of the configuration.
#pragma once

#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "base/status.h"
#include "server/caller.h"
#include "server/caller_trust.h"
#include "server/config.h"
#include "server/identity.h"

namespace sceau::server {

using CallerPtr = std::shared_ptr<const Caller>;

class Rights {
 public:
  // Errors: kConfigInvalid when no way in can be opened as the configuration says (element: the
  // key), those of CallerTrust::Load.
  static StatusOr<std::shared_ptr<const Rights>> Load(const Config& config);

  // The one caller this is. From several threads. Errors: kCallerUnknown, kCallerRevoked.
  StatusOr<CallerPtr> Find(const Identity& identity, absl::Time now) const;

 private:
  struct Known {
    CallerEntry entry;
    CallerPtr caller;
  };
  Rights() = default;
  StatusOr<CallerPtr> FindByCertificate(const Identity& identity, absl::Time now) const;

  std::vector<Known> known_;
  CallerPtr local_;                           // null: nobody comes in without identity
  std::unique_ptr<const CallerTrust> trust_;  // null: nobody comes in by certificate
};

}  // namespace sceau::server
