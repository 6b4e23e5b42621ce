// The daemon's configuration: TOML, every key known, every default in sceaud.toml (embedded).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/status.h"
#include "contents/clamd.h"
#include "server/caller_settings.h"

namespace sceau::server {

struct ConfiguredKey {
  std::string name;        // what clients call it
  std::string uri;         // PKCS#11 URI without a PIN
  std::string pin_source;  // file; empty: the URI's own pin-source
  bool operator==(const ConfiguredKey&) const = default;
};

// Meaning, default and risk of each field: sceaud.toml.
struct Config {
  std::string listen;  // empty: no port
  std::string socket;  // empty: no Unix socket
  bool certificates_asked = true;
  std::vector<Role> local_roles;
  std::string tls_certificate, tls_key, callers_authority;
  std::vector<std::string> callers_revocation;
  std::vector<CallerEntry> callers;
  std::vector<ManagerEntry> managers;
  std::string work_folder;
  bool competence_enforced = true;
  std::string competence_register;
  int64_t max_document_size = 0;  // bytes
  int max_requests = 0;
  int workers = 0;
  absl::Duration idle_timeout, sign_timeout, drain_timeout;
  int parallel_signatures = 0;
  int idempotency_entries = 0;
  int64_t idempotency_bytes = 0;
  absl::Duration idempotency_expiry;
  std::string desk_folder;
  absl::Duration desk_expiry;
  int desk_entries = 0;
  int64_t desk_bytes = 0;
  std::vector<std::string> modules;
  int max_sessions = 0;
  absl::Duration longest_call;
  std::string state_folder;
  std::string audit_folder, audit_copy, audit_time_stamps;
  int audit_records = 0;
  absl::Duration audit_period;
  std::vector<ConfiguredKey> keys;
  std::string profile, role, city, postal_code, country;
  std::string profiles_folder;
  std::string schemas_folder, agreements;
  bool agreement_refuses = false;
  contents::ClamdOptions virus_scan;
  std::vector<std::string> anchors;
  std::string lists_folder, lists_url;
  bool lists_fetch = false;
  std::vector<std::string> lists_territories;
  absl::Duration lists_refresh;
  std::vector<std::string> revocation_data;
  bool revocation_online = false;
  std::string revocation_cache;
  std::string log_level;
  std::string metrics_listen;  // empty: no metrics are served
};

// The text of sceaud.toml.
std::string_view DefaultConfigText();

// The defaults, then what `text` says. `origin` names the text in errors.
// Error kConfigInvalid: place is the line and column, element the key, detail what is wrong (for an
// unknown key, the nearest one that exists).
StatusOr<Config> ParseConfig(std::string_view text, std::string_view origin);
// From a file; the defaults alone when `path` is empty.
StatusOr<Config> LoadConfig(const std::string& path);

}  // namespace sceau::server
