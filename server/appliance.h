// The engine of the daemon: the rooms below, with the configured keys, profiles and trust.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/status.h"
#include "hsm/tokens.h"
#include "schemas/check.h"
#include "server/config.h"
#include "server/engine.h"
#include "server/key_ring.h"
#include "server/trust_keeper.h"
#include "xades/profile.h"

namespace sceau::server {

class Appliance {
 public:
  // `config` and `clock` outlive it. A token that is absent is no error here: see keys().
  // Errors: kProfileInvalid, kProfileUnknown (of signature.profile), those of TrustKeeper::Open,
  // kKeyUriInvalid; kSchemaSetInvalid, kConfigInvalid (of the local agreements),
  // kSentRegisterUnusable.
  static StatusOr<std::unique_ptr<Appliance>> Open(const Config& config, const Clock& clock);

  // Uses this object, which outlives it.
  Engine engine();
  KeyRing& keys() { return *keys_; }
  // Whether there is an anchor: without one no signature can be found valid.
  bool CanVerify() const { return !trust_->Current()->anchors->empty(); }

 private:
  Appliance(const Config& config, const Clock& clock, xades::ProfileSet profiles)
      : config_(config), clock_(clock), profiles_(std::move(profiles)) {}

  StatusOr<SignOrder> Admit(const SignOrder& order) const;
  // `order` as Admit gave it.
  StatusOr<signer::Outcome> Sign(const InputFile& input, const SignOrder& order,
                                 const SignWatch& watch, OutputFile& output);
  // For a card elsewhere (appliance_desk.cc).
  StatusOr<WorkForCard> PrepareForCard(const InputFile& input, const SignOrder& order,
                                       absl::Time signing_time) const;
  StatusOr<signer::Outcome> CompleteFromCard(const InputFile& input, const SignOrder& order,
                                             const CardSignatures& given, const SignWatch& watch,
                                             OutputFile& output);
  // Without certificates.
  StatusOr<signer::SignatureParameters> ParametersOf(const SignOrder& order,
                                                     absl::Time signing_time) const;
  // Signs what was prepared and enters its documents in the register.
  StatusOr<signer::Outcome> Finish(const InputFile& input, signer::Prepared prepared,
                                   const signer::SignFunction& sign, const SignWatch& watch,
                                   OutputFile& output);

  const Config& config_;
  const Clock& clock_;
  const xades::ProfileSet profiles_;
  std::unique_ptr<TrustKeeper> trust_;
  std::shared_ptr<const schemas::CheckOptions> rules_;
  std::shared_ptr<schemas::SentRegister> sent_;  // null without a state folder
  std::unique_ptr<hsm::Tokens> tokens_;
  std::unique_ptr<KeyRing> keys_;
};

}  // namespace sceau::server
