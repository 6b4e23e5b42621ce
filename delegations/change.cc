#include "delegations/change.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/bytes.h"
#include "base/random.h"
#include "base/strings.h"
#include "policy/instant.h"
#include "policy/record_json.h"

namespace sceau::delegations {
namespace {

using policy::Delegation;
using policy::Record;
using policy::Register;

std::string TextIn(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

// "delegation-3f9a01c2"
std::string NewRecordId(std::string_view type) {
  constexpr size_t kRandom = 6;  // bytes
  return Concat(type, "-", ToHex(RandomBytes(kRandom)));
}

// The time zone that the record's civil dates are in.
std::optional<absl::TimeZone> ZoneFor(const Json& json, const Register& facts) {
  const std::string own = TextIn(json, "time_zone");
  if (!own.empty()) {
    const auto zone = policy::LoadZone(own);
    return zone.ok() ? std::optional(*zone) : std::nullopt;
  }
  for (const char* key : {"delegator_office", "office"}) {
    const auto* office = facts.Get<policy::Office>(TextIn(json, key));
    if (office != nullptr) return ZoneOf(facts, office->collectivite);
  }
  return ZoneOf(facts, TextIn(json, "collectivite"));
}

// The collectivité of the office that delegates; null when the register does not know it.
const policy::Collectivite* RulesFor(const Delegation& delegation, const Register& facts) {
  const auto* office = facts.Get<policy::Office>(delegation.delegator_office);
  return office == nullptr ? nullptr : facts.Get<policy::Collectivite>(office->collectivite);
}

StatusOr<Act> SetAct(const ActFiles& files, bool strict, const Register& facts,
                     const verifier::VerifyOptions& judgement, Delegation& delegation) {
  SCEAU_ASSIGN_OR_RETURN(Act act, JudgeAct(files, delegation, facts, judgement));
  if (act.state != ActState::kNone) {
    if (!delegation.act_sha256.empty() && delegation.act_sha256 != act.sha256) {
      return Error(Reason::kDelegationInvalid, "act_sha256");
    }
    delegation.act_sha256 = act.sha256;
    delegation.act_verified = act.state == ActState::kVerified;
  }
  const policy::Collectivite* rules = RulesFor(delegation, facts);
  strict = strict || (rules != nullptr && rules->acts_verified);
  if (strict && !delegation.act_verified) {
    return Error(Reason::kDelegationActUnverified, NameOf(act.state));
  }
  return act;
}

}  // namespace

std::optional<absl::TimeZone> ZoneOf(const Register& facts, const std::string& id) {
  std::string name;
  for (const Record& record : facts.records()) {
    const auto* it = std::get_if<policy::Collectivite>(&record.body);
    if (it == nullptr || (!id.empty() && record.id != id)) continue;
    if (!name.empty() && name != it->time_zone) return std::nullopt;
    name = it->time_zone;
  }
  const auto zone = policy::LoadZone(name);
  return zone.ok() ? std::optional(*zone) : std::nullopt;
}

StatusOr<Added> MakeRecord(Json json, const ActFiles& act, bool strict, const Register& facts,
                           const verifier::VerifyOptions& judgement, absl::Time now) {
  // The register's own words, never a caller's.
  json.erase("act_verified");
  json["recorded_at"] = policy::WriteInstant(now);
  if (!json.contains("id")) json["id"] = NewRecordId(TextIn(json, "type"));
  Added added;
  SCEAU_ASSIGN_OR_RETURN(added.record, policy::ReadRecord(json, ZoneFor(json, facts)));
  auto* delegation = std::get_if<Delegation>(&added.record.body);
  if (delegation != nullptr) {
    SCEAU_ASSIGN_OR_RETURN(added.act, SetAct(act, strict, facts, judgement, *delegation));
  } else if (act.act != nullptr || strict) {
    return Error(Reason::kUsage, "--act, --strict (--type delegation)");
  }
  return added;
}

StatusOr<Record> MakeRevocation(const std::string& target, const std::string& reference,
                                absl::Time from, const Register& facts, absl::Time now) {
  if (facts.Find(target) == nullptr) return Error(Reason::kDelegationUnknown, target);
  Record record{
      .id = NewRecordId("revocation"), .valid_from = from, .recorded_at = now, .body = {}};
  record.body = policy::Revocation{target, reference};
  return record;
}

StatusOr<Import> MakeImport(std::string_view lines, policy::Known known, bool strict,
                            const ActOfDigest& act, const Register& before,
                            const verifier::VerifyOptions& judgement, absl::Time now) {
  Import out;
  SCEAU_ASSIGN_OR_RETURN(out.records, policy::ReadImport(lines, now, known));
  std::vector<Record> all = before.records();
  all.insert(all.end(), out.records.begin(), out.records.end());
  SCEAU_ASSIGN_OR_RETURN(const auto facts, Register::Make(std::move(all)));
  for (Record& record : out.records) {
    auto* delegation = std::get_if<Delegation>(&record.body);
    if (delegation == nullptr) continue;
    ++out.delegations;
    SCEAU_ASSIGN_OR_RETURN(const ActFiles files, act(delegation->act_sha256));
    SCEAU_ASSIGN_OR_RETURN(const Act judged, JudgeAct(files, *delegation, *facts, judgement));
    const ActState state = judged.sha256 == delegation->act_sha256 ? judged.state : ActState::kNone;
    delegation->act_verified = state == ActState::kVerified;
    if (delegation->act_verified) ++out.acts_verified;
    if (strict && !delegation->act_verified) {
      return Error(Reason::kDelegationActUnverified, Concat(record.id, ": ", NameOf(state)));
    }
  }
  return out;
}

}  // namespace sceau::delegations
