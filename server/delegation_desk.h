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
#include "delegations/entry.h"
#include "delegations/explain.h"
#include "policy/register.h"
#include "server/caller.h"
#include "server/journal.h"

namespace sceau::server {

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
  // `path`: of the register in force, empty when there is none; `judgement`: of acts, for now;
  // `sent`: what was sent earlier, may be null. `journal` and `clock` outlive it.
  DelegationDesk(std::function<std::string()> path,
                 std::function<verifier::VerifyOptions()> judgement,
                 std::shared_ptr<const schemas::SentRegister> sent, Journal& journal,
                 const Clock& clock)
      : path_(std::move(path)),
        judgement_(std::move(judgement)),
        sent_(std::move(sent)),
        journal_(journal),
        clock_(clock) {}

  // Durable, in the audit log too, when they return. Errors: kCallerNotAllowed,
  // kCompetenceUnavailable, kAuditUnavailable; those of delegations::MakeRecord, MakeRevocation and
  // MakeImport.
  struct AddedEntry {
    delegations::Entry entry;
    std::string act_state;
  };
  StatusOr<AddedEntry> Add(const Asking& asking, const std::string& json, const GivenAct& act,
                           bool strict);
  StatusOr<delegations::Entry> Revoke(const Asking& asking, const std::string& id,
                                      const std::string& reference, std::optional<absl::Time> from);
  StatusOr<delegations::Import> Import(const Asking& asking, const std::string& lines,
                                       const std::vector<GivenAct>& acts, bool strict);

  // Of what the caller may see. Errors: kDelegationUnknown, kCallerNotAllowed,
  // kCompetenceUnavailable.
  StatusOr<delegations::Entry> Show(const Caller& caller, const std::string& id,
                                    const policy::When& when) const;
  // `each` is called for those of the type (empty: every one), in the order they were added.
  Status List(const Caller& caller, const std::string& type, const policy::When& when,
              const std::function<void(delegations::Entry)>& each) const;

  // Of a document of the caller's collectivités; of acts that he may not see nothing is told.
  // Errors: kCallerNotAllowed, kCompetenceUnavailable; those of delegations::Explain.
  StatusOr<delegations::Explanation> Explain(const Caller& caller, const InputFile& document,
                                             const delegations::Question& question) const;

  absl::Time Now() const { return clock_.Now(); }

 private:
  using Snapshot = std::shared_ptr<const policy::Register>;
  StatusOr<Snapshot> Read() const;
  // Rights, audit, file. With the mutex held.
  Status Append(const Asking& asking, std::string_view call, const policy::Register& before,
                const std::vector<policy::Record>& records);

  const std::function<std::string()> path_;
  const std::function<verifier::VerifyOptions()> judgement_;
  const std::shared_ptr<const schemas::SentRegister> sent_;
  Journal& journal_;
  const Clock& clock_;
  std::mutex mutex_;  // one change at a time
};

}  // namespace sceau::server
