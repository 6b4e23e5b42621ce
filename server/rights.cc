#include "server/rights.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/strings.h"
#include "proto/address.h"

namespace sceau::server {
namespace {

Status Wrong(std::string_view key, std::string_view what) {
  return Error(Reason::kConfigInvalid, Concat(key, ": ", what), {.element = std::string(key)});
}

// Who comes in over the network proves who he is; what does not ask for that is said in words, and
// only this machine reaches it.
Status CheckWaysIn(const Config& config) {
  if (config.listen.empty() && config.socket.empty())
    return Wrong("listen", "and socket are empty");
  if (config.listen.empty()) return OkStatus();
  if (!config.certificates_asked) {
    return wire::IsLoopbackAddress(config.listen)
               ? OkStatus()
               : Wrong("listen",
                       "expected: loopback address, identity.mode asks for no certificate");
  }
  const std::pair<std::string_view, const std::string&> needed[] = {
      {"identity.certificate", config.tls_certificate},
      {"identity.key", config.tls_key},
      {"identity.callers_authority", config.callers_authority}};
  for (const auto& [key, value] : needed) {
    if (value.empty()) {
      return Wrong(key,
                   "missing; without certificates: identity.mode = \"local-without-identity\"");
    }
  }
  return OkStatus();
}

// A manager is one of the callers of his collectivité.
Status CheckManagers(const Config& config) {
  for (const ManagerEntry& manager : config.managers) {
    const auto found = std::ranges::find(config.callers, manager.caller,
                                         [](const CallerEntry& it) { return it.caller.name; });
    if (found == config.callers.end() ||
        !RequireWithin(WithinOf(found->caller), manager.collectivite).ok()) {
      return Wrong("managers.caller",
                   Concat(manager.caller, ": no caller of ", manager.collectivite));
    }
  }
  return OkStatus();
}

bool IsNamed(const CallerEntry& entry, const CertificateNames& names) {
  if (!entry.certificate.empty()) return entry.certificate == names.sha256;
  return !entry.alternative_name.empty() &&
         std::find(names.alternative.begin(), names.alternative.end(), entry.alternative_name) !=
             names.alternative.end();
}

}  // namespace

StatusOr<std::shared_ptr<const Rights>> Rights::Load(const Config& config) {
  SCEAU_RETURN_IF_ERROR(CheckWaysIn(config));
  std::shared_ptr<Rights> rights(new Rights());
  for (const CallerEntry& entry : config.callers) {
    rights->known_.push_back({entry, std::make_shared<const Caller>(entry.caller)});
  }
  SCEAU_RETURN_IF_ERROR(CheckManagers(config));
  if (!config.certificates_asked) {
    rights->local_ = std::make_shared<const Caller>(Caller{.name = std::string(kLocalCaller),
                                                           .roles = config.local_roles,
                                                           .keys = {std::string(kEvery)},
                                                           .collectivites = {std::string(kEvery)}});
  } else if (!config.listen.empty()) {
    SCEAU_ASSIGN_OR_RETURN(rights->trust_,
                           CallerTrust::Load(config.callers_authority, config.callers_revocation));
  }
  return std::shared_ptr<const Rights>(std::move(rights));
}

StatusOr<CallerPtr> Rights::Find(const Identity& identity, absl::Time now) const {
  switch (identity.kind) {
    case Identity::Kind::kLocal:
      if (local_ != nullptr) return local_;
      break;
    case Identity::Kind::kUser:
      for (const Known& known : known_) {
        if (known.entry.user >= 0 && static_cast<uid_t>(known.entry.user) == identity.user) {
          return known.caller;
        }
      }
      break;
    case Identity::Kind::kCertificate:
      if (trust_ != nullptr) return FindByCertificate(identity, now);
      break;
    case Identity::Kind::kNone:
      break;
  }
  return Error(Reason::kCallerUnknown);
}

StatusOr<CallerPtr> Rights::FindByCertificate(const Identity& identity, absl::Time now) const {
  SCEAU_RETURN_IF_ERROR(trust_->Check(identity.chain, now));
  const CertificateNames names = NamesOf(identity.chain.front());
  CallerPtr found;
  for (const Known& known : known_) {
    if (!IsNamed(known.entry, names)) continue;
    // One certificate that is two callers is neither.
    if (found != nullptr) return Error(Reason::kCallerUnknown, "named by two callers");
    found = known.caller;
  }
  if (found == nullptr) return Error(Reason::kCallerUnknown);
  return found;
}

}  // namespace sceau::server
