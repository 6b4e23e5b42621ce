#include "policy/register.h"

#include "base/strings.h"

namespace sceau::policy {
namespace {

// What a record is looked up by.
std::vector<std::string> KeysOf(const Body& body) {
  if (const auto* it = std::get_if<Budget>(&body)) return {it->siret};
  if (const auto* it = std::get_if<CertificateBinding>(&body)) return {it->serial};
  if (const auto* it = std::get_if<CertificateValidation>(&body)) return {it->certificate};
  if (const auto* it = std::get_if<Mandate>(&body)) return {it->office, it->person};
  if (const auto* it = std::get_if<Delegation>(&body)) return {it->delegate};
  if (const auto* it = std::get_if<Absence>(&body)) return {it->office};
  if (const auto* it = std::get_if<Revocation>(&body)) return {it->target};
  if (const auto* it = std::get_if<KindRule>(&body)) return {it->collectivite};
  return {};
}

// Checks that what a record names is there.
class References {
 public:
  explicit References(const Register& all) : all_(all) {}

  Status Check(const Record& record) {
    record_ = &record;
    wrong_ = OkStatus();
    std::visit([this](const auto& body) { Of(body); }, record.body);
    return wrong_;
  }

 private:
  template <typename T>
  void Need(const std::string& id) {
    if (all_.Get<T>(id) == nullptr && wrong_.ok()) {
      wrong_ = Error(Reason::kDelegationInvalid, Concat(record_->id, ": ", id));
    }
  }
  void Of(const Collectivite&) {}
  void Of(const Person&) {}
  void Of(const Budget& it) { Need<Collectivite>(it.collectivite); }
  void Of(const CertificateBinding& it) { Need<Person>(it.person); }
  void Of(const CertificateValidation& it) {
    Need<Collectivite>(it.collectivite);
    Need<CertificateBinding>(it.certificate);
  }
  void Of(const Office& it) { Need<Collectivite>(it.collectivite); }
  void Of(const Mandate& it) {
    Need<Office>(it.office);
    Need<Person>(it.person);
  }
  void Of(const Delegation& it) {
    Need<Office>(it.delegator_office);
    Need<Person>(it.delegate);
    if (!it.delegate_office.empty()) Need<Office>(it.delegate_office);
    if (!it.parent.empty()) Need<Delegation>(it.parent);
    for (const std::string& budget : it.budgets) Need<Budget>(budget);
  }
  void Of(const Absence& it) { Need<Office>(it.office); }
  void Of(const Revocation& it) {
    const Record* target = all_.Find(it.target);
    if ((target == nullptr || std::holds_alternative<Revocation>(target->body)) && wrong_.ok()) {
      wrong_ = Error(Reason::kDelegationInvalid, Concat(record_->id, ": ", it.target));
    }
  }
  void Of(const KindRule& it) { Need<Collectivite>(it.collectivite); }

  const Register& all_;
  const Record* record_ = nullptr;
  Status wrong_;
};

}  // namespace

std::string_view NameOf(Standing standing) {
  constexpr std::string_view kNames[] = {"HOLDS", "UNKNOWN", "NOT_YET", "ENDED", "REVOKED"};
  return kNames[static_cast<size_t>(standing)];
}

StatusOr<std::shared_ptr<const Register>> Register::Make(std::vector<Record> records) {
  std::shared_ptr<Register> made(new Register(std::move(records)));
  SCEAU_RETURN_IF_ERROR(made->Index());
  return std::shared_ptr<const Register>(std::move(made));
}

Status Register::Index() {
  for (size_t i = 0; i < records_.size(); ++i) {
    if (!by_id_.emplace(records_[i].id, i).second) {
      return Error(Reason::kDelegationInvalid, Concat("id: ", records_[i].id));
    }
    for (std::string& key : KeysOf(records_[i].body)) by_key_[std::move(key)].push_back(i);
  }
  References references(*this);
  for (const Record& record : records_) SCEAU_RETURN_IF_ERROR(references.Check(record));
  return OkStatus();
}

const Record* Register::Find(std::string_view id) const {
  const auto found = by_id_.find(std::string(id));
  return found == by_id_.end() ? nullptr : &records_[found->second];
}

Standing Register::StandingOf(const Record& record, const When& when) const {
  if (record.recorded_at > when.known_at) return Standing::kUnknown;
  for (const auto& revocation : By<Revocation>(record.id)) {
    if (revocation.record->recorded_at <= when.known_at &&
        revocation.record->valid_from <= when.at) {
      return Standing::kRevoked;
    }
  }
  if (when.at < record.valid_from) return Standing::kNotYet;
  if (when.at >= record.valid_until) return Standing::kEnded;
  return Standing::kHolds;
}

}  // namespace sceau::policy
