#include "server/caller.h"

#include <algorithm>

#include "base/strings.h"

namespace sceau::server {
namespace {

constexpr RoleName kRoles[] = {
    {Role::kSigner, "signer"},
    {Role::kVerifier, "verifier"},
    {Role::kDelegationManager, "delegation-manager"},
    {Role::kAuditor, "auditor"},
    {Role::kOperator, "operator"},
};

// A SIRET is the SIREN of its collectivité and five digits more.
constexpr size_t kSiren = 9;
constexpr size_t kSiret = 14;

template <typename List, typename Value>
bool Holds(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

Status NotAllowed(const Caller& caller, std::string_view right) {
  return Error(Reason::kCallerNotAllowed, Concat(caller.name, ": ", right));
}

}  // namespace

absl::Span<const RoleName> AllRoles() { return kRoles; }

std::string_view NameOf(Role role) {
  return std::find_if(std::begin(kRoles), std::end(kRoles),
                      [role](const RoleName& named) { return named.role == role; })
      ->name;
}

Status RequireAny(const Caller& caller, absl::Span<const Role> roles) {
  std::string names;
  for (const Role role : roles) {
    if (Holds(caller.roles, role)) return OkStatus();
    AppendTo(names, names.empty() ? "" : " | ", NameOf(role));
  }
  return NotAllowed(caller, names);
}

Status Require(const Caller& caller, Role role, const Asked& asked) {
  SCEAU_RETURN_IF_ERROR(RequireAny(caller, {role}));
  if (!asked.key.empty() && !Holds(caller.keys, kEvery) && !Holds(caller.keys, asked.key)) {
    return NotAllowed(caller, Concat("key ", asked.key));
  }
  if (asked.collectivite.empty()) return OkStatus();
  return RequireWithin(WithinOf(caller), asked.collectivite);
}

Status RequireWithin(const Within& within, std::string_view collectivite) {
  const std::string_view siren =
      collectivite.size() == kSiret ? collectivite.substr(0, kSiren) : collectivite;
  const auto names = [&](const std::vector<std::string>& list) {
    return !collectivite.empty() && (Holds(list, collectivite) || Holds(list, siren));
  };
  if (names(within.closed)) {
    return Error(Reason::kCallerNotAllowed, Concat("collectivite ", collectivite, ": disabled"));
  }
  if (Holds(within.collectivites, kEvery) || names(within.collectivites)) return OkStatus();
  return Error(Reason::kCallerNotAllowed, Concat("collectivite ", collectivite));
}

}  // namespace sceau::server
