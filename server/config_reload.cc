#include "server/config_reload.h"

#include <string>

#include "base/strings.h"

namespace sceau::server {
namespace {

struct RestartKey {
  std::string_view path;
  bool (*same)(const Config&, const Config&);
};

template <auto Field>
bool Same(const Config& a, const Config& b) {
  return a.*Field == b.*Field;
}

// What sockets, threads, modules and folders were made with. sceaud.toml says "Restart." of each.
constexpr RestartKey kRestartKeys[] = {
    {"listen", Same<&Config::listen>},
    {"socket", Same<&Config::socket>},
    {"identity.mode", Same<&Config::certificates_asked>},
    {"identity.certificate", Same<&Config::tls_certificate>},
    {"identity.key", Same<&Config::tls_key>},
    {"identity.callers_authority", Same<&Config::callers_authority>},
    {"work_folder", Same<&Config::work_folder>},
    {"limits.workers", Same<&Config::workers>},
    {"idempotency.max_entries", Same<&Config::idempotency_entries>},
    {"idempotency.max_bytes", Same<&Config::idempotency_bytes>},
    {"idempotency.expiry", Same<&Config::idempotency_expiry>},
    {"desk.folder", Same<&Config::desk_folder>},
    {"desk.max_entries", Same<&Config::desk_entries>},
    {"desk.max_bytes", Same<&Config::desk_bytes>},
    {"tokens.modules", Same<&Config::modules>},
    {"tokens.max_sessions", Same<&Config::max_sessions>},
    {"tokens.longest_call", Same<&Config::longest_call>},
    {"tokens.state_folder", Same<&Config::state_folder>},
    {"audit.folder", Same<&Config::audit_folder>},
    {"audit.checkpoint_records", Same<&Config::audit_records>},
    {"audit.checkpoint_period", Same<&Config::audit_period>},
    {"audit.checkpoint_copy", Same<&Config::audit_copy>},
    {"audit.time_stamps", Same<&Config::audit_time_stamps>},
    {"metrics.listen", Same<&Config::metrics_listen>},
};

}  // namespace

std::vector<std::string_view> RestartKeys() {
  std::vector<std::string_view> keys;
  for (const RestartKey& key : kRestartKeys) keys.push_back(key.path);
  return keys;
}

Status CheckReload(const Config& running, const Config& next) {
  std::string differing;
  for (const RestartKey& key : kRestartKeys) {
    if (!key.same(running, next)) AppendTo(differing, differing.empty() ? "" : ", ", key.path);
  }
  if (differing.empty()) return OkStatus();
  return Error(Reason::kConfigInvalid, Concat("needs a restart: ", differing),
               {.element = differing});
}

}  // namespace sceau::server
