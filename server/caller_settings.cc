#include "server/caller_settings.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "base/strings.h"

namespace sceau::server {
namespace {

constexpr size_t kSha256Digits = 64;
constexpr size_t kSirenDigits = 9;

// "openssl x509 -fingerprint -sha256" writes upper case with colons.
Complaint SetFingerprint(const toml::node& node, std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty()) return wrong;
  out = absl::AsciiStrToLower(absl::StrReplaceAll(out, {{":", ""}}));
  const bool good =
      out.size() == kSha256Digits &&
      std::all_of(out.begin(), out.end(), [](unsigned char c) { return absl::ascii_isxdigit(c); });
  return good ? "" : "expected: SHA-256 of the certificate, 64 hexadecimal digits";
}

Complaint SetAlternativeName(const toml::node& node, std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty()) return wrong;
  for (const char* prefix : {"DNS:", "URI:", "email:"}) {
    if (absl::StartsWith(out, prefix) && out.size() > std::string_view(prefix).size()) return "";
  }
  return "expected: \"DNS:...\", \"URI:...\" or \"email:...\"";
}

// Documents name no collectivité otherwise: closed by another name it would stay open to whoever
// has them all.
Complaint SetSiren(const toml::node& node, std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty()) return wrong;
  const bool good =
      out.size() == kSirenDigits &&
      std::all_of(out.begin(), out.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
  return good ? "" : "expected: SIREN, 9 digits";
}

constexpr Setting<CallerEntry> kEntry[] = {
    {"name", [](const toml::node& n, CallerEntry& c) { return SetName(n, c.caller.name); }},
    {"certificate",
     [](const toml::node& n, CallerEntry& c) { return SetFingerprint(n, c.certificate); }},
    {"alternative_name",
     [](const toml::node& n, CallerEntry& c) { return SetAlternativeName(n, c.alternative_name); }},
    {"user",
     [](const toml::node& n, CallerEntry& c) {
       return SetCount(n, 0, std::numeric_limits<int>::max(), c.user);
     }},
    {"roles", [](const toml::node& n, CallerEntry& c) { return SetRoles(n, c.caller.roles); }},
    {"keys", [](const toml::node& n, CallerEntry& c) { return SetTexts(n, c.caller.keys); }},
    {"collectivites",
     [](const toml::node& n, CallerEntry& c) { return SetTexts(n, c.caller.collectivites); }},
};

// Of an entry: what proves it, by kind; not one text when there is not exactly one.
std::vector<std::string> ProofsOf(const CallerEntry& entry) {
  std::vector<std::string> proofs;
  if (!entry.certificate.empty()) proofs.push_back(entry.certificate);
  if (!entry.alternative_name.empty()) proofs.push_back(entry.alternative_name);
  if (entry.user >= 0) proofs.push_back(Concat("user ", entry.user));
  return proofs;
}

}  // namespace

Complaint SetName(const toml::node& node, std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty()) return wrong;
  const bool good =
      !out.empty() && out.size() <= 64 && std::all_of(out.begin(), out.end(), [](unsigned char c) {
        return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
      });
  return good ? "" : "expected: 1 to 64 of letters, digits, '.', '_', '-'";
}

Complaint SetRoles(const toml::node& node, std::vector<Role>& out) {
  std::vector<std::string> names;
  if (Complaint wrong = SetTexts(node, names); !wrong.empty()) return wrong;
  out.clear();
  std::vector<std::string_view> known;
  for (const RoleName& role : AllRoles()) known.push_back(role.name);
  for (const std::string& name : names) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) {
      return Concat("unknown role: ", name, "; nearest: ", NearestName(name, known));
    }
    out.push_back(AllRoles()[static_cast<size_t>(found - known.begin())].role);
  }
  return {};
}

Complaint SetManagers(const toml::node& node, std::vector<ManagerEntry>& out) {
  static constexpr Setting<ManagerEntry> kManager[] = {
      {"collectivite",
       [](const toml::node& n, ManagerEntry& m) { return SetSiren(n, m.collectivite); }},
      {"caller", [](const toml::node& n, ManagerEntry& m) { return SetName(n, m.caller); }}};
  Complaint wrong = ApplyEntries<ManagerEntry>(node, kManager, "managers", out);
  if (!wrong.empty()) return wrong;
  std::set<std::string> seen;
  for (size_t i = 0; i < out.size(); ++i) {
    const toml::node* entry = node.as_array()->get(i);
    if (out[i].collectivite.empty()) return {"missing", entry, "managers.collectivite"};
    if (out[i].caller.empty()) return {"missing", entry, "managers.caller"};
    if (!seen.insert(out[i].collectivite).second) {
      return {"a collectivité has one manager", entry, "managers.collectivite"};
    }
  }
  return {};
}

Complaint SetCallers(const toml::node& node, std::vector<CallerEntry>& out) {
  Complaint wrong = ApplyEntries<CallerEntry>(node, kEntry, "callers", out);
  if (!wrong.empty()) return wrong;
  std::set<std::string> names = {std::string(kLocalCaller)}, proofs;
  for (size_t i = 0; i < out.size(); ++i) {
    const toml::node* entry = node.as_array()->get(i);
    if (out[i].caller.name.empty()) return {"missing", entry, "callers.name"};
    if (!names.insert(out[i].caller.name).second) {
      return {"given twice, or taken", entry, "callers.name"};
    }
    const std::vector<std::string> proved = ProofsOf(out[i]);
    if (proved.size() != 1) {
      return {"expected: one of certificate, alternative_name, user", entry, "callers"};
    }
    if (!proofs.insert(proved.front()).second) return {"given twice", entry, "callers"};
  }
  return {};
}

}  // namespace sceau::server
