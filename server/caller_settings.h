// [[callers]] of sceaud.toml.
#pragma once

#include <vector>

#include "base/settings.h"
#include "server/caller.h"

namespace sceau::server {

// The caller of the loopback port without identity; no entry may have its name.
inline constexpr std::string_view kLocalCaller = "local";

// What proves an entry's identity: exactly one of the three.
struct CallerEntry {
  Caller caller;
  std::string certificate;       // SHA-256 of the DER, lower-case hexadecimal
  std::string alternative_name;  // "DNS:...", "URI:...", "email:..." of a certificate
  int user = -1;                 // uid
  bool operator==(const CallerEntry&) const = default;
};

// [[managers]]: the principal manager of a collectivité, by his name among the callers.
struct ManagerEntry {
  std::string collectivite, caller;
  bool operator==(const ManagerEntry&) const = default;
};

// One for each collectivité.
Complaint SetManagers(const toml::node& node, std::vector<ManagerEntry>& out);
// 1 to 64 of letters, digits, '.', '_', '-'.
Complaint SetName(const toml::node& node, std::string& out);
Complaint SetRoles(const toml::node& node, std::vector<Role>& out);
// Every one named and proved by something, no name and no proof twice.
Complaint SetCallers(const toml::node& node, std::vector<CallerEntry>& out);

}  // namespace sceau::server
