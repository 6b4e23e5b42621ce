#include "server/delegation_rights.h"

#include <algorithm>

#include "base/strings.h"

namespace sceau::server {
namespace {

using policy::Record;
using policy::Register;

class Owners {
 public:
  explicit Owners(const Register& facts) : facts_(facts) {}

  std::vector<std::string> Of(const Record& record) {
    if (std::holds_alternative<policy::Collectivite>(record.body)) Add(record.id);
    if (std::holds_alternative<policy::Person>(record.body)) Person(record.id);
    std::visit([this](const auto& body) { Body(body); }, record.body);
    return std::move(found_);
  }

 private:
  void Add(const std::string& id) {
    if (std::find(found_.begin(), found_.end(), id) == found_.end()) found_.push_back(id);
  }
  void Office(const std::string& id) {
    if (const auto* office = facts_.Get<policy::Office>(id)) Add(office->collectivite);
  }
  void Person(const std::string& id) {
    for (const auto& mandate : facts_.By<policy::Mandate>(id)) {
      if (mandate.body->person == id) Office(mandate.body->office);
    }
    for (const auto& delegation : facts_.By<policy::Delegation>(id)) {
      Office(delegation.body->delegator_office);
    }
  }

  void Body(const policy::Collectivite&) {}
  void Body(const policy::Person&) {}
  void Body(const policy::Budget& it) { Add(it.collectivite); }
  void Body(const policy::CertificateBinding& it) { Person(it.person); }
  void Body(const policy::CertificateValidation& it) { Add(it.collectivite); }
  void Body(const policy::Office& it) { Add(it.collectivite); }
  void Body(const policy::Mandate& it) { Office(it.office); }
  void Body(const policy::Delegation& it) { Office(it.delegator_office); }
  void Body(const policy::Absence& it) { Office(it.office); }
  void Body(const policy::KindRule& it) { Add(it.collectivite); }
  void Body(const policy::Revocation& it) {
    const Record* target = facts_.Find(it.target);
    if (target == nullptr) return;
    for (const std::string& id : Owners(facts_).Of(*target)) Add(id);
  }

  const Register& facts_;
  std::vector<std::string> found_;
};

// By its id, or by the SIRET of one of its budgets; and kept out by none of them.
bool IsWithin(const Caller& caller, const Register& facts, const std::string& collectivite) {
  std::vector<std::string> names = {collectivite};
  for (const Record& it : facts.records()) {
    const auto* budget = std::get_if<policy::Budget>(&it.body);
    if (budget != nullptr && budget->collectivite == collectivite) names.push_back(budget->siret);
  }
  const auto named = [&](const std::string& name) {
    return RequireWithin({caller.collectivites, {}}, name).ok();
  };
  const auto open = [&](const std::string& name) {
    return RequireWithin({{std::string(kEvery)}, caller.closed}, name).ok();
  };
  return std::any_of(names.begin(), names.end(), named) &&
         std::all_of(names.begin(), names.end(), open);
}

}  // namespace

std::vector<std::string> CollectivitesOf(const Register& facts, const Record& record) {
  return Owners(facts).Of(record);
}

Status MayChange(const Caller& caller, const Register& before, const Register& after,
                 const Record& record) {
  SCEAU_RETURN_IF_ERROR(RequireAny(caller, {Role::kDelegationManager}));
  if (const auto* budget = std::get_if<policy::Budget>(&record.body)) {
    SCEAU_RETURN_IF_ERROR(RequireWithin(WithinOf(caller), budget->siret));
  }
  for (const std::string& id : CollectivitesOf(after, record)) {
    if (!IsWithin(caller, before, id)) {
      return Error(Reason::kCallerNotAllowed, Concat("collectivite ", id));
    }
  }
  return OkStatus();
}

bool MaySee(const Caller& caller, const Register& facts, const Record& record) {
  if (!RequireAny(caller, {Role::kDelegationManager, Role::kAuditor}).ok()) return false;
  const std::vector<std::string> all = CollectivitesOf(facts, record);
  return all.empty() || std::any_of(all.begin(), all.end(), [&](const std::string& id) {
           return IsWithin(caller, facts, id);
         });
}

Status MayAskAbout(const Caller& caller, const Register& facts, const std::string& siret) {
  SCEAU_RETURN_IF_ERROR(RequireAny(caller, {Role::kDelegationManager, Role::kAuditor}));
  bool known = false;
  for (const Record& it : facts.records()) {
    const auto* budget = std::get_if<policy::Budget>(&it.body);
    if (budget == nullptr || siret.empty() || budget->siret != siret) continue;
    known = true;
    if (!IsWithin(caller, facts, budget->collectivite)) {
      return Error(Reason::kCallerNotAllowed, Concat("collectivite ", siret));
    }
  }
  return known ? OkStatus() : RequireWithin(WithinOf(caller), siret);
}

}  // namespace sceau::server
