#include "server/access.h"

#include <algorithm>

#include "server/log.h"
#include "server/store_files.h"

namespace sceau::server {

using store::Row;

StatusOr<std::unique_ptr<Access>> Access::Open(const std::string& state, const Clock& clock,
                                               Record record) {
  SCEAU_ASSIGN_OR_RETURN(std::unique_ptr<store::Database> database,
                         store::Database::Open(DatabaseOf(state), kStoreMigrations));
  std::unique_ptr<Access> made(new Access(std::move(database), clock, std::move(record)));
  SCEAU_RETURN_IF_ERROR(made->Load());
  return made;
}

Status Access::Load() {
  SCEAU_ASSIGN_OR_RETURN(const std::vector<Row> managers,
                         database_->Run("SELECT collectivite, configured, caller FROM manager"));
  for (const Row& row : managers) managers_[row.Text(0)] = {row.Text(1), row.Text(2)};
  SCEAU_ASSIGN_OR_RETURN(const std::vector<Row> closed,
                         database_->Run("SELECT caller, collectivite FROM closed"));
  for (const Row& row : closed) closed_.emplace(row.Text(0), row.Text(1));
  return OkStatus();
}

void Access::Configure(std::vector<ManagerEntry> managers) {
  {
    const std::lock_guard lock(mutex_);
    configured_ = std::move(managers);
  }
  Tend();
}

void Access::Tend() {
  const std::lock_guard change(changing_);
  std::vector<ManagerEntry> wanted;
  {
    const std::lock_guard lock(mutex_);
    wanted = configured_;
  }
  for (const ManagerEntry& entry : wanted) {
    if (ConfiguredFor(entry.collectivite) == entry.caller) continue;
    const Status appointed = Appoint(entry);
    if (appointed.ok()) continue;
    Log(LogLevel::kError, "access",
        {{"collectivite", entry.collectivite}, {"manager", DetailOf(appointed)}});
  }
}

Status Access::Appoint(const ManagerEntry& entry) {
  SCEAU_RETURN_IF_ERROR(
      record_({.change = "manager", .collectivite = entry.collectivite, .caller = entry.caller}));
  SCEAU_RETURN_IF_ERROR(LetIn(entry.caller, entry.collectivite));
  return Store(entry.collectivite, {entry.caller, entry.caller});
}

Status Access::Store(const std::string& collectivite, const Manager& manager) {
  SCEAU_RETURN_IF_ERROR(
      database_
          ->Run(
              "INSERT OR REPLACE INTO manager (collectivite, configured, caller, since) "
              "VALUES (?1, ?2, ?3, ?4)",
              {collectivite, manager.configured, manager.caller, absl::ToUnixMillis(clock_.Now())})
          .status());
  const std::lock_guard lock(mutex_);
  managers_[collectivite] = manager;
  return OkStatus();
}

// The configured name that the manager's row follows.
std::string Access::ConfiguredFor(const std::string& collectivite) const {
  const std::lock_guard lock(mutex_);
  const auto manager = managers_.find(collectivite);
  return manager == managers_.end() ? "" : manager->second.configured;
}

std::string Access::ManagerOf(const std::string& collectivite) const {
  const std::lock_guard lock(mutex_);
  const auto entry = std::ranges::find(configured_, collectivite, &ManagerEntry::collectivite);
  const auto manager = managers_.find(collectivite);
  if (entry == configured_.end() || manager == managers_.end()) return "";
  return manager->second.configured == entry->caller ? manager->second.caller : "";
}

std::vector<std::string> Access::ClosedTo(const std::string& caller) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> closed;
  for (auto it = closed_.lower_bound({caller, ""}); it != closed_.end() && it->first == caller;
       ++it) {
    closed.push_back(it->second);
  }
  return closed;
}

Status Access::LetIn(const std::string& caller, const std::string& collectivite) {
  SCEAU_RETURN_IF_ERROR(database_
                            ->Run("DELETE FROM closed WHERE caller = ?1 AND collectivite = ?2",
                                  {caller, collectivite})
                            .status());
  const std::lock_guard lock(mutex_);
  closed_.erase({caller, collectivite});
  return OkStatus();
}

Status Access::SetEnabled(const AccessChange& change, bool enabled) {
  const std::lock_guard one(changing_);
  SCEAU_RETURN_IF_ERROR(record_(change));
  if (enabled) return LetIn(change.caller, change.collectivite);
  SCEAU_RETURN_IF_ERROR(
      database_
          ->Run("INSERT OR REPLACE INTO closed (caller, collectivite, since) VALUES (?1, ?2, ?3)",
                {change.caller, change.collectivite, absl::ToUnixMillis(clock_.Now())})
          .status());
  const std::lock_guard lock(mutex_);
  closed_.emplace(change.caller, change.collectivite);
  return OkStatus();
}

Status Access::HandOver(const AccessChange& change) {
  const std::lock_guard one(changing_);
  SCEAU_RETURN_IF_ERROR(record_(change));
  return Store(change.collectivite, {ConfiguredFor(change.collectivite), change.caller});
}

}  // namespace sceau::server
