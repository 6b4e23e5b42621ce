// Everything that the configuration decides, loaded: an immutable snapshot. A new configuration
// makes a new one beside the one in use, whole or not at all.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "hsm/tokens.h"
#include "schemas/check.h"
#include "server/competence.h"
#include "server/config.h"
#include "server/key_ring.h"
#include "server/rights.h"
#include "server/trust_keeper.h"
#include "xades/profile.h"

namespace sceau::server {

// What goes on whatever the configuration says next.
struct Lasting {
  std::string state_folder;                     // empty: there is none
  std::shared_ptr<schemas::SentRegister> sent;  // null without a state folder
};

struct Setup {
  // Reads profiles, schemas, agreements, trust, lists and revocation data; opens the modules when
  // there are keys, and takes over what `before` (null: none) has open already. A module or token
  // that is absent is no error: its keys cannot sign until it comes. `clock` outlives it.
  // Errors: kProfileInvalid, kProfileUnknown (of signature.profile), kSchemaSetInvalid,
  // kConfigInvalid (of the local agreements), those of TrustKeeper::Open and Rights::Load.
  static StatusOr<std::shared_ptr<Setup>> Load(const Config& config, const Lasting& lasting,
                                               const Clock& clock, const Setup* before);

  Config config;
  xades::ProfileSet profiles;
  std::shared_ptr<const schemas::CheckOptions> rules;
  std::unique_ptr<TrustKeeper> trust;
  std::shared_ptr<hsm::Tokens> tokens;  // null: no module could be opened, or none is needed
  std::unique_ptr<KeyRing> keys;
  std::unique_ptr<Competence> competence;
  std::shared_ptr<const Rights> rights;
};

}  // namespace sceau::server
