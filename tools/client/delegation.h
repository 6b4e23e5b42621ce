// DelegationService as functions, for who keeps a register of competences. Errors as in client.h.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "delegations/entry.h"
#include "delegations/explain.h"
#include "tools/client/client.h"

namespace sceau::client {

// Contents, not files; empty ones: none.
struct SignedAct {
  std::string name, act, signature;
};

struct AddedEntry {
  delegations::Entry entry;
  std::string act_state;  // "VERIFIED", ...
};
// `record`: JSON, see the contract.
StatusOr<AddedEntry> AddRecord(const Options& options, const std::string& record,
                               const SignedAct& act, bool strict);

// The revocation. Without `from`: the service's now.
StatusOr<delegations::Entry> RevokeRecord(const Options& options, const std::string& id,
                                          const std::string& reference,
                                          std::optional<absl::Time> from);

// Absent: the service's now.
struct AskedWhen {
  std::optional<absl::Time> at, known_at;
};
StatusOr<delegations::Entry> ShowRecord(const Options& options, const std::string& id,
                                        const AskedWhen& when);
// `type` empty: every one.
Status ListRecords(const Options& options, const std::string& type, const AskedWhen& when,
                   const std::function<void(delegations::Entry)>& each);

struct Imported {
  size_t records = 0, delegations = 0, acts_verified = 0;
};
StatusOr<Imported> ImportRecords(const Options& options, const std::string& lines,
                                 const std::vector<SignedAct>& acts, bool strict);

// `siret` is not in the answer.
StatusOr<delegations::Explanation> Explain(const Options& options, const InputFile& document,
                                           const delegations::Question& question);

}  // namespace sceau::client
