// The register of competences as the service keeps it: the rules of `sceau delegation`
// (delegations/change.h), the callers' rights, and a record in the audit log before each change.
//
// Changes take turns, also with those that the command makes in the same file.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "delegations/change.h"
#include "policy/register.h"
#include "server/caller.h"
#include "server/journal.h"

namespace sceau::server {

// A record and how it stands.
struct RegisterEntry {
  std::string record;    // its line
  std::string standing;  // "HOLDS", ...
  std::vector<std::string> revoked_by;
};

// Contents; empty: none.
struct GivenAct {
  std::string name, act, signature;
};

// Who asks, and the request's id in the audit log.
struct Asking {
  const Caller& caller;
  std::string request;
};

class DelegationDesk {
 public:
  // `path`: of the register in force, empty when there is none; `judgement`: of acts, for now.
  // `journal` and `clock` outlive it.
  DelegationDesk(std::function<std::string()> path,
                 std::function<verifier::VerifyOptions()> judgement, Journal& journal,
                 const Clock& clock)
      : path_(std::move(path)),
        judgement_(std::move(judgement)),
        journal_(journal),
        clock_(clock) {}

  // Durable, in the audit log too, when they return. Errors: kCallerNotAllowed,
  // kCompetenceUnavailable, kAuditUnavailable; those of delegations::MakeRecord, MakeRevocation and
  // MakeImport.
  struct AddedEntry {
    RegisterEntry entry;
    std::string act_state;
  };
  StatusOr<AddedEntry> Add(const Asking& asking, const std::string& json, const GivenAct& act,
                           bool strict);
  StatusOr<RegisterEntry> Revoke(const Asking& asking, const std::string& id,
                                 const std::string& reference, std::optional<absl::Time> from);
  StatusOr<delegations::Import> Import(const Asking& asking, const std::string& lines,
                                       const std::vector<GivenAct>& acts, bool strict);

  // Of what the caller may see. Errors: kDelegationUnknown, kCallerNotAllowed,
  // kCompetenceUnavailable.
  StatusOr<RegisterEntry> Show(const Caller& caller, const std::string& id,
                               const policy::When& when) const;
  // `each` is called for those of the type (empty: every one), in the order they were added.
  Status List(const Caller& caller, const std::string& type, const policy::When& when,
              const std::function<void(RegisterEntry)>& each) const;

  absl::Time Now() const { return clock_.Now(); }

 private:
  using Snapshot = std::shared_ptr<const policy::Register>;
  StatusOr<Snapshot> Read() const;
  // Rights, audit, file. With the mutex held.
  Status Append(const Asking& asking, std::string_view call, const policy::Register& before,
                const std::vector<policy::Record>& records);

  const std::function<std::string()> path_;
  const std::function<verifier::VerifyOptions()> judgement_;
  Journal& journal_;
  const Clock& clock_;
  std::mutex mutex_;  // one change at a time
};

}  // namespace sceau::server
