// A caller of the service and what it may do. Every right is named; what is not named is denied.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "base/status.h"

namespace sceau::server {

enum class Role { kSigner, kVerifier, kDelegationManager, kAuditor, kOperator };

struct RoleName {
  Role role;
  std::string_view name;  // "delegation-manager"
};
absl::Span<const RoleName> AllRoles();
std::string_view NameOf(Role role);

// In a list of keys or collectivités: every one, and for collectivités also a document that names
// none.
inline constexpr std::string_view kEvery = "*";

struct Caller {
  std::string name;  // in the audit log; results and prepared work are his alone
  std::vector<Role> roles;
  std::vector<std::string> keys;           // of the server, by name; or kEvery
  std::vector<std::string> collectivites;  // SIREN, or the id in the register; or kEvery
  // Collectivités whose manager keeps him out (server/access.h): no document of theirs.
  std::vector<std::string> closed;
  bool operator==(const Caller&) const = default;
};

// Of which collectivités documents may be.
struct Within {
  std::vector<std::string> collectivites;  // as in Caller
  std::vector<std::string> closed;
};
inline Within WithinOf(const Caller& caller) { return {caller.collectivites, caller.closed}; }

// What a call asks for beside a role; empty texts ask for nothing.
struct Asked {
  std::string key, collectivite;
};

// Error kCallerNotAllowed, detail: the caller and the right that is missing.
Status Require(const Caller& caller, Role role, const Asked& asked = {});
// Any one of the roles.
Status RequireAny(const Caller& caller, absl::Span<const Role> roles);

// Whether documents of this collectivité (SIREN, SIRET of one of its budgets, or id; empty: the
// document names none) are within. Error kCallerNotAllowed.
Status RequireWithin(const Within& within, std::string_view collectivite);

}  // namespace sceau::server
