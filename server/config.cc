#include "server/config.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/types/span.h"
#include "base/embedded.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/strings.h"
#include "proto/address.h"

namespace sceau::server {

absl::Span<const EmbeddedFile> DefaultConfigFiles();

namespace {

Complaint SetListen(const toml::node& node, std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty() || out.empty()) return wrong;
  return wire::HasPort(out) ? "" : "expected: address with port, such as 127.0.0.1:50051";
}

// The kernel's limit on a socket's path is 107 bytes.
Complaint SetSocket(const toml::node& node, std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty() || out.empty()) return wrong;
  return out[0] == '/' && out.size() <= 107 ? "" : "expected: absolute path of at most 107 bytes";
}

Complaint SetMetricsListen(const toml::node& node, std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty() || out.empty()) return wrong;
  return wire::IsLoopbackAddress(out)
             ? ""
             : "expected: loopback address with port, such as 127.0.0.1:9464";
}

Complaint SetKeyUri(const toml::node& node, std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty()) return wrong;
  if (!absl::StartsWith(out, "pkcs11:")) return "expected: pkcs11: URI";
  // The value itself is not repeated: it may hold the PIN.
  if (absl::StrContains(out, "pin-value")) return "a PIN in the configuration is refused";
  return "";
}

constexpr Setting<ConfiguredKey> kKeyEntry[] = {
    {"name", [](const toml::node& n, ConfiguredKey& k) { return SetName(n, k.name); }},
    {"uri", [](const toml::node& n, ConfiguredKey& k) { return SetKeyUri(n, k.uri); }},
    {"pin_source", [](const toml::node& n, ConfiguredKey& k) { return SetText(n, k.pin_source); }},
};

// [[keys]]: every one named, no name twice.
Complaint SetKeys(const toml::node& node, std::vector<ConfiguredKey>& out) {
  Complaint wrong = ApplyEntries<ConfiguredKey>(node, kKeyEntry, "keys", out);
  if (!wrong.empty()) return wrong;
  std::set<std::string> names;
  for (size_t i = 0; i < out.size(); ++i) {
    const toml::node* entry = node.as_array()->get(i);
    if (out[i].name.empty()) return {"missing", entry, "keys.name"};
    if (out[i].uri.empty()) return {"missing", entry, "keys.uri"};
    if (!names.insert(out[i].name).second) return {"given twice", entry, "keys.name"};
  }
  return {};
}

Complaint SetClamdAddress(const toml::node& node, std::string& out) {
  Complaint wrong = SetText(node, out);
  if (!wrong.empty() || out.empty() || contents::CheckClamdAddress(out).ok()) return wrong;
  return "expected: \"unix:/run/clamav/clamd.ctl\", \"127.0.0.1:3310\"";
}

constexpr Setting<Config> kSettings[] = {
    {"keys", [](const toml::node& n, Config& c) { return SetKeys(n, c.keys); }},
    {"listen", [](const toml::node& n, Config& c) { return SetListen(n, c.listen); }},
    {"socket", [](const toml::node& n, Config& c) { return SetSocket(n, c.socket); }},
    {"work_folder", [](const toml::node& n, Config& c) { return SetText(n, c.work_folder); }},
    {"callers", [](const toml::node& n, Config& c) { return SetCallers(n, c.callers); }},
    {"managers", [](const toml::node& n, Config& c) { return SetManagers(n, c.managers); }},
    {"identity.mode",
     [](const toml::node& n, Config& c) {
       std::string mode;
       Complaint wrong = SetChoice(n, {"certificates", "local-without-identity"}, mode);
       c.certificates_asked = mode != "local-without-identity";
       return wrong;
     }},
    {"identity.local_roles",
     [](const toml::node& n, Config& c) { return SetRoles(n, c.local_roles); }},
    {"identity.certificate",
     [](const toml::node& n, Config& c) { return SetText(n, c.tls_certificate); }},
    {"identity.key", [](const toml::node& n, Config& c) { return SetText(n, c.tls_key); }},
    {"identity.callers_authority",
     [](const toml::node& n, Config& c) { return SetText(n, c.callers_authority); }},
    {"identity.callers_revocation",
     [](const toml::node& n, Config& c) { return SetTexts(n, c.callers_revocation); }},
    {"competence.mode",
     [](const toml::node& n, Config& c) {
       std::string mode;
       Complaint wrong = SetChoice(n, {"enforced", "not-enforced"}, mode);
       c.competence_enforced = mode != "not-enforced";
       return wrong;
     }},
    {"competence.register",
     [](const toml::node& n, Config& c) { return SetText(n, c.competence_register); }},
    {"documents.max_size",
     [](const toml::node& n, Config& c) { return SetSize(n, c.max_document_size); }},
    {"limits.max_requests",
     [](const toml::node& n, Config& c) { return SetCount(n, 1, 100000, c.max_requests); }},
    {"limits.workers",
     [](const toml::node& n, Config& c) { return SetCount(n, 0, 1024, c.workers); }},
    {"limits.idle_timeout",
     [](const toml::node& n, Config& c) { return SetDuration(n, c.idle_timeout); }},
    {"limits.sign_timeout",
     [](const toml::node& n, Config& c) { return SetDuration(n, c.sign_timeout); }},
    {"limits.drain_timeout",
     [](const toml::node& n, Config& c) { return SetDuration(n, c.drain_timeout); }},
    {"limits.parallel_signatures",
     [](const toml::node& n, Config& c) { return SetCount(n, 1, 1024, c.parallel_signatures); }},
    {"idempotency.max_entries",
     [](const toml::node& n, Config& c) {
       return SetCount(n, 1, 10000000, c.idempotency_entries);
     }},
    {"idempotency.max_bytes",
     [](const toml::node& n, Config& c) { return SetSize(n, c.idempotency_bytes); }},
    {"idempotency.expiry",
     [](const toml::node& n, Config& c) { return SetDuration(n, c.idempotency_expiry); }},
    {"desk.folder", [](const toml::node& n, Config& c) { return SetText(n, c.desk_folder); }},
    {"desk.expiry", [](const toml::node& n, Config& c) { return SetDuration(n, c.desk_expiry); }},
    {"desk.max_entries",
     [](const toml::node& n, Config& c) { return SetCount(n, 1, 1000000, c.desk_entries); }},
    {"desk.max_bytes", [](const toml::node& n, Config& c) { return SetSize(n, c.desk_bytes); }},
    {"tokens.modules", [](const toml::node& n, Config& c) { return SetTexts(n, c.modules); }},
    {"tokens.max_sessions",
     [](const toml::node& n, Config& c) { return SetCount(n, 1, 1024, c.max_sessions); }},
    {"tokens.longest_call",
     [](const toml::node& n, Config& c) { return SetDuration(n, c.longest_call); }},
    {"tokens.state_folder",
     [](const toml::node& n, Config& c) { return SetText(n, c.state_folder); }},
    {"audit.folder", [](const toml::node& n, Config& c) { return SetText(n, c.audit_folder); }},
    {"audit.checkpoint_records",
     [](const toml::node& n, Config& c) { return SetCount(n, 1, 1000000, c.audit_records); }},
    {"audit.checkpoint_period",
     [](const toml::node& n, Config& c) { return SetDuration(n, c.audit_period); }},
    {"audit.checkpoint_copy",
     [](const toml::node& n, Config& c) { return SetText(n, c.audit_copy); }},
    {"audit.time_stamps",
     [](const toml::node& n, Config& c) { return SetText(n, c.audit_time_stamps); }},
    {"signature.profile", [](const toml::node& n, Config& c) { return SetText(n, c.profile); }},
    {"signature.role", [](const toml::node& n, Config& c) { return SetText(n, c.role); }},
    {"signature.city", [](const toml::node& n, Config& c) { return SetText(n, c.city); }},
    {"signature.postal_code",
     [](const toml::node& n, Config& c) { return SetText(n, c.postal_code); }},
    {"signature.country", [](const toml::node& n, Config& c) { return SetText(n, c.country); }},
    {"profiles.folder",
     [](const toml::node& n, Config& c) { return SetText(n, c.profiles_folder); }},
    {"schemas.folder", [](const toml::node& n, Config& c) { return SetText(n, c.schemas_folder); }},
    {"schemas.agreements", [](const toml::node& n, Config& c) { return SetText(n, c.agreements); }},
    {"schemas.agreement_refuses",
     [](const toml::node& n, Config& c) { return SetFlag(n, c.agreement_refuses); }},
    {"virus_scan.address",
     [](const toml::node& n, Config& c) { return SetClamdAddress(n, c.virus_scan.address); }},
    {"virus_scan.required",
     [](const toml::node& n, Config& c) { return SetFlag(n, c.virus_scan.required); }},
    {"trust.anchors", [](const toml::node& n, Config& c) { return SetTexts(n, c.anchors); }},
    {"trusted_lists.folder",
     [](const toml::node& n, Config& c) { return SetText(n, c.lists_folder); }},
    {"trusted_lists.fetch",
     [](const toml::node& n, Config& c) { return SetFlag(n, c.lists_fetch); }},
    {"trusted_lists.url", [](const toml::node& n, Config& c) { return SetText(n, c.lists_url); }},
    {"trusted_lists.territories",
     [](const toml::node& n, Config& c) { return SetTexts(n, c.lists_territories); }},
    {"trusted_lists.refresh",
     [](const toml::node& n, Config& c) { return SetDuration(n, c.lists_refresh); }},
    {"revocation.data",
     [](const toml::node& n, Config& c) { return SetTexts(n, c.revocation_data); }},
    {"revocation.online",
     [](const toml::node& n, Config& c) { return SetFlag(n, c.revocation_online); }},
    {"revocation.cache",
     [](const toml::node& n, Config& c) { return SetText(n, c.revocation_cache); }},
    {"metrics.listen",
     [](const toml::node& n, Config& c) { return SetMetricsListen(n, c.metrics_listen); }},
    {"log.level",
     [](const toml::node& n,
        Config& c) { return SetChoice(n, {"debug", "info", "warning", "error"}, c.log_level); }},
};

}  // namespace

std::string_view DefaultConfigText() { return DefaultConfigFiles()[0].text; }

StatusOr<Config> ParseConfig(std::string_view text, std::string_view origin) {
  Config config;
  SCEAU_RETURN_IF_ERROR(
      ReadSettings<Config>(DefaultConfigText(), {.name = "sceaud.toml"}, kSettings, config));
  SCEAU_RETURN_IF_ERROR(
      ReadSettings<Config>(text, {.name = std::string(origin)}, kSettings, config));
  return config;
}

StatusOr<Config> LoadConfig(const std::string& path) {
  if (path.empty()) return ParseConfig("", "");
  auto text = ReadSmallFile(path, 1 << 20);
  if (!text.ok()) return Error(Reason::kConfigInvalid, DetailOf(text.status()));
  return ParseConfig(*text, path);
}

}  // namespace sceau::server
