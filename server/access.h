// The callers of a collectivité in its principal manager's hands: he enables, disables and hands
// over.
//
// Exactly one manager for each collectivité of [[managers]]: the one named there, until he hands
// over. The configuration names another one when that person has left without doing so: then it
// counts again. Every change, this one too, is in the audit log before it takes effect.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "server/caller_settings.h"
#include "server/engine.h"
#include "store/database.h"

namespace sceau::server {

class Access {
 public:
  using Record = std::function<Status(const AccessChange&)>;

  // The database is that of the results. Errors: kStoreUnusable, kStoreVersion.
  static StatusOr<std::unique_ptr<Access>> Open(const std::string& state, const Clock& clock,
                                                Record record);

  // What the configuration says from now on. A manager whose appointment cannot be recorded yet is
  // none; Tend tries again.
  void Configure(std::vector<ManagerEntry> managers);
  void Tend();

  // Empty: there is none.
  std::string ManagerOf(const std::string& collectivite) const;
  // The collectivités whose documents are closed to this caller.
  std::vector<std::string> ClosedTo(const std::string& caller) const;

  // Errors: those of Record, kStoreUnusable; then nothing has changed.
  Status SetEnabled(const AccessChange& change, bool enabled);
  Status HandOver(const AccessChange& change);

 private:
  struct Manager {
    std::string configured, caller;
  };

  Access(std::unique_ptr<store::Database> database, const Clock& clock, Record record)
      : database_(std::move(database)), clock_(clock), record_(std::move(record)) {}
  Status Load();
  Status Appoint(const ManagerEntry& entry);
  Status LetIn(const std::string& caller, const std::string& collectivite);
  std::string ConfiguredFor(const std::string& collectivite) const;
  Status Store(const std::string& collectivite, const Manager& manager);

  const std::unique_ptr<store::Database> database_;
  const Clock& clock_;
  const Record record_;
  std::mutex changing_;       // one change at a time
  mutable std::mutex mutex_;  // of what follows; never held while a disk is waited for
  std::vector<ManagerEntry> configured_;
  std::map<std::string, Manager> managers_;               // by collectivité
  std::set<std::pair<std::string, std::string>> closed_;  // caller, collectivité
};

}  // namespace sceau::server
