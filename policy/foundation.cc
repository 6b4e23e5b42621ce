#include "policy/foundation.h"

#include <algorithm>

namespace sceau::policy {
namespace {

constexpr int kLongestChain = 8;  // of sub-delegations; a longer one (or a circle) founds nothing

bool Has(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::optional<Code> CodeOf(Standing standing) {
  switch (standing) {
    case Standing::kHolds:
      return std::nullopt;
    case Standing::kNotYet:
      return Code::kNotInForceYet;
    case Standing::kRevoked:
      return Code::kRevoked;
    case Standing::kEnded:
    case Standing::kUnknown:
      break;
  }
  return Code::kEnded;
}

// Everything that keeps an act of delegation from founding a need.
class Act {
 public:
  Act(const Register& facts, const Record& record, const Delegation& act, const Need& need,
      const Setting& setting, const When& when)
      : facts_(facts), record_(record), act_(act), need_(need), setting_(setting), when_(when) {}

  std::vector<Code> Obstacles(int depth) {
    Term();
    Scope();
    if (need_.bordereau != nullptr) Limits(*need_.bordereau);
    Persons(depth);
    return std::move(obstacles_);
  }

 private:
  void Unless(bool good, Code code) {
    if (!good) obstacles_.push_back(code);
  }

  void Term() {
    if (const auto code = CodeOf(facts_.StandingOf(record_, when_))) obstacles_.push_back(*code);
    const absl::Time executory = act_.Executory();
    Unless(executory != absl::InfiniteFuture(), Code::kNotExecutory);
    Unless(executory == absl::InfiniteFuture() || executory <= when_.at, Code::kNotExecutoryYet);
    Unless(!setting_.rules->acts_verified || act_.act_verified, Code::kActUnverified);
  }

  void Scope() {
    const Office* office = facts_.Get<Office>(act_.delegator_office);
    Unless(office->collectivite == setting_.collectivite, Code::kOtherCollectivite);
    Unless(act_.budgets.empty() || Has(act_.budgets, setting_.budget), Code::kOtherBudget);
    Unless(need_.matter.empty() || Has(act_.matters, need_.matter), Code::kOtherMatter);
    if (!need_.power) return;
    Unless(std::count(act_.powers.begin(), act_.powers.end(), *need_.power) > 0, Code::kOtherPower);
    if (*need_.power != Power::kExecutory) return;
    Unless(std::all_of(need_.kinds.begin(), need_.kinds.end(),
                       [&](const std::string& kind) {
                         return Has(act_.kinds, kind) || Has(act_.kinds, "*");
                       }),
           Code::kOtherKind);
  }

  void Limits(const BordereauFacts& bordereau) {
    Unless(act_.bordereau_types.empty() || Has(act_.bordereau_types, bordereau.type),
           Code::kOtherBordereauType);
    Ceiling(act_.piece_ceiling, bordereau.largest_piece, Code::kPieceCeiling);
    Ceiling(act_.bordereau_ceiling, bordereau.amount, Code::kBordereauCeiling);
  }
  void Ceiling(const std::optional<int64_t>& ceiling, const std::optional<int64_t>& sum,
               Code exceeded) {
    if (!ceiling) return;
    Unless(sum.has_value(), Code::kAmountUnknown);
    Unless(!sum || *sum <= *ceiling, exceeded);
  }

  // The mandates of the office that held when the act was signed, as known now.
  std::vector<Entry<Mandate>> MandatesAtSignature() const {
    std::vector<Entry<Mandate>> found;
    for (const auto& mandate : facts_.By<Mandate>(act_.delegator_office)) {
      if (mandate.body->office == act_.delegator_office &&
          facts_.Holds(*mandate.record, {*act_.signed_at, when_.known_at})) {
        found.push_back(mandate);
      }
    }
    return found;
  }

  void Persons(int depth) {
    const auto mandates = MandatesAtSignature();
    Unless(!mandates.empty(), Code::kDelegatorNotInOffice);
    // The same mandate still: a new one, even of the same person, needs a new act.
    const auto running = std::find_if(mandates.begin(), mandates.end(), [&](const auto& mandate) {
      return facts_.Holds(*mandate.record, when_);
    });
    Unless(mandates.empty() || running != mandates.end(), Code::kDelegatorMandateEnded);
    Unless(act_.delegate_office.empty() || HoldsOffice(act_.delegate, act_.delegate_office),
           Code::kDelegateOfficeEnded);
    Unless(!act_.in_absence_only || Absent(), Code::kHolderNotAbsent);
    if (running != mandates.end()) Source(running->body->person, depth);
  }

  bool HoldsOffice(const std::string& person, const std::string& office) const {
    for (const auto& mandate : facts_.By<Mandate>(person)) {
      if (mandate.body->person == person && mandate.body->office == office &&
          facts_.Holds(*mandate.record, when_)) {
        return true;
      }
    }
    return false;
  }

  // Declared by then: an absence recorded afterwards repairs nothing.
  bool Absent() const {
    for (const auto& absence : facts_.By<Absence>(act_.delegator_office)) {
      if (absence.record->recorded_at <= when_.at && facts_.Holds(*absence.record, when_)) {
        return true;
      }
    }
    return false;
  }

  // Where the delegator has the power from.
  void Source(const std::string& delegator, int depth) {
    if (act_.parent.empty()) {
      Unless(facts_.Get<Office>(act_.delegator_office)->ordonnateur, Code::kDelegatorWithoutPower);
      return;
    }
    const Record* record = facts_.Find(act_.parent);
    const Delegation& parent = std::get<Delegation>(record->body);
    Unless(parent.delegate == delegator, Code::kDelegatorWithoutPower);
    Unless(parent.sub_delegation, Code::kSubDelegationNotGranted);
    Unless(depth < kLongestChain &&
               Act(facts_, *record, parent, need_, setting_, when_).Obstacles(depth + 1).empty(),
           Code::kParentDoesNotApply);
  }

  const Register& facts_;
  const Record& record_;
  const Delegation& act_;
  const Need& need_;
  const Setting& setting_;
  const When& when_;
  std::vector<Code> obstacles_;
};

// By an office that holds every power itself.
bool ByMandate(const Register& facts, std::string_view person, const Need& need,
               const Setting& setting, const When& when, Foundation& foundation) {
  for (const auto& [record, mandate] : facts.By<Mandate>(person)) {
    if (mandate->person != person || record->recorded_at > when.known_at) continue;
    const Office* office = facts.Get<Office>(mandate->office);
    if (!office->ordonnateur) continue;
    auto why = CodeOf(facts.StandingOf(*record, when));
    if (!why && !facts.Holds(*facts.Find(mandate->office), when)) why = Code::kEnded;
    if (!why && office->collectivite != setting.collectivite) why = Code::kOtherCollectivite;
    if (!why) {
      foundation.findings = {{Code::kMandate, need.element, record->id, office->title}};
      foundation.office = office;
      foundation.founded = true;
      return true;
    }
    foundation.findings.push_back({*why, need.element, record->id, office->title});
  }
  return false;
}

bool Travels(const Delegation& act, const Setting& setting) {
  return !setting.rules->acts_travel ||
         (!act.act_sha256.empty() && Has(*setting.acts, act.act_sha256));
}

}  // namespace

Foundation FindFoundation(const Register& facts, std::string_view person, const Need& need,
                          const Setting& setting, const When& when) {
  Foundation foundation;
  if (ByMandate(facts, person, need, setting, when, foundation)) return foundation;
  const Record* founding = nullptr;
  for (const auto& [record, act] : facts.By<Delegation>(person)) {
    if (record->recorded_at > when.known_at) continue;
    const auto obstacles = Act(facts, *record, *act, need, setting, when).Obstacles(0);
    for (const Code code : obstacles) {
      foundation.findings.push_back({code, need.element, record->id, act->reference});
    }
    if (!obstacles.empty()) continue;
    // One that travels is preferred to one that does not.
    if (founding == nullptr || Travels(*act, setting)) {
      founding = record;
      foundation.delegation = act;
    }
    if (Travels(*act, setting)) break;
  }
  if (founding == nullptr) {
    if (foundation.findings.empty())
      foundation.findings.push_back({Code::kNoAct, need.element, "", ""});
    return foundation;
  }
  const Delegation& act = *foundation.delegation;
  foundation.founded = true;
  foundation.act_missing = !Travels(act, setting);
  foundation.office = facts.Get<Office>(act.delegator_office);
  foundation.findings = {{Code::kDelegation, need.element, founding->id, act.reference}};
  if (!act.act_verified) {
    foundation.findings.push_back(
        {Code::kActNotVerified, need.element, founding->id, act.reference});
  }
  if (foundation.act_missing) {
    foundation.findings.push_back(
        {Code::kActNotCarried, need.element, founding->id, act.reference});
  }
  return foundation;
}

}  // namespace sceau::policy
