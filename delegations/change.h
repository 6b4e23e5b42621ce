// What is added to the register of competences, by the command and by the service alike: the rules
// stand here once. Nothing is written here (policy/register_file.h).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/json.h"
#include "base/status.h"
#include "delegations/act.h"
#include "policy/record_import.h"
#include "policy/register.h"

namespace sceau::delegations {

// Of the collectivité `id`; without it the one that every collectivité of the register has.
std::optional<absl::TimeZone> ZoneOf(const policy::Register& facts, const std::string& id);

struct Added {
  policy::Record record;
  Act act;  // of a delegation
};
// A record as docs/competence.md has it, without recorded_at; an id is made when there is none, and
// days are of the collectivité's time zone. An act is for a delegation alone; `strict`, and a
// collectivité with acts_verified, refuse one that is not verified.
// Errors: kDelegationInvalid, kDelegationActUnverified, kUsage.
StatusOr<Added> MakeRecord(Json json, const ActFiles& act, bool strict,
                           const policy::Register& facts, const verifier::VerifyOptions& judgement,
                           absl::Time now);

// Ends the record `target` from then on. Error kDelegationUnknown.
StatusOr<policy::Record> MakeRevocation(const std::string& target, const std::string& reference,
                                        absl::Time from, const policy::Register& facts,
                                        absl::Time now);

struct Import {
  std::vector<policy::Record> records;
  size_t delegations = 0, acts_verified = 0;
};
// Judges one act that the import names by its digest; without that act: kNone.
using ActOfDigest = std::function<StatusOr<ActFiles>(const std::string& sha256)>;
// The records of an export, each act judged anew; `before` is the register they are added to.
// `strict`: kDelegationActUnverified when one act is not verified, with the record's id.
// Errors: those of policy::ReadImport.
StatusOr<Import> MakeImport(std::string_view lines, policy::Known known, bool strict,
                            const ActOfDigest& act, const policy::Register& before,
                            const verifier::VerifyOptions& judgement, absl::Time now);

}  // namespace sceau::delegations
