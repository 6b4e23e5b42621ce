#include "policy/decide.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/strings.h"
#include "policy/binding.h"
#include "policy/foundation.h"
#include "policy/instant.h"
#include "policy/kinds.h"

namespace sceau::policy {
namespace {

// The collectivité and the budget that the document names.
std::optional<Setting> FindSetting(const Register& facts, const DocumentFacts& document,
                                   const When& when, Findings& findings) {
  std::vector<Entry<Budget>> found;
  for (const auto& budget : facts.By<Budget>(document.siret)) {
    const Budget& it = *budget.body;
    if (it.cod_col == document.cod_col && it.cod_bud == document.cod_bud &&
        (it.id_post.empty() || it.id_post == document.id_post) &&
        facts.Holds(*budget.record, when) && facts.Holds(*facts.Find(it.collectivite), when)) {
      found.push_back(budget);
    }
  }
  if (found.size() != 1) {
    const Code code = found.empty() ? Code::kBudgetUnknown : Code::kBudgetAmbiguous;
    findings.push_back(
        {code, "", "", Concat(document.siret, "/", document.cod_col, "/", document.cod_bud)});
    return std::nullopt;
  }
  const Budget& budget = *found[0].body;
  Setting setting;
  setting.collectivite = budget.collectivite;
  setting.budget = found[0].record->id;
  setting.rules = facts.Get<Collectivite>(budget.collectivite);
  setting.acts = &document.acts;
  return setting;
}

bool LegalBasisInForce(const Collectivite& rules, absl::Time at) {
  return rules.legal_bases.empty() ||
         std::any_of(rules.legal_bases.begin(), rules.legal_bases.end(),
                     [&](const LegalBasis& basis) { return basis.from <= at && at < basis.until; });
}

bool Validated(const Register& facts, const std::string& certificate, const Setting& setting,
               const When& when) {
  for (const auto& [record, body] : facts.By<CertificateValidation>(certificate)) {
    if (body->certificate == certificate && body->collectivite == setting.collectivite &&
        facts.Holds(*record, when)) {
      return true;
    }
  }
  return false;
}

// The person whom the certificate is bound to, when it may serve here.
std::string FindPerson(const Signer& signer, const Register& facts, const Setting& setting,
                       Destination destination, const When& when, Findings& findings) {
  const Record* binding = FindBinding(facts, signer, when, findings);
  if (binding == nullptr) return {};
  const auto& body = std::get<CertificateBinding>(binding->body);
  const size_t before = findings.size();
  if (std::find(body.destinations.begin(), body.destinations.end(), destination) ==
          body.destinations.end() ||
      (body.dgfip && destination != Destination::kAccountant)) {
    findings.push_back({Code::kCertificatePurpose, "", binding->id, ""});
  }
  if (setting.rules->certificates_validated && !Validated(facts, binding->id, setting, when)) {
    findings.push_back({Code::kCertificateNotValidated, "", binding->id, ""});
  }
  return findings.size() == before ? body.person : std::string();
}

std::string MatterOf(const PieceFacts& piece) {
  static const std::map<std::string, std::string_view> kMatters = {
      {"01", kDepense}, {"02", kRecette}, {"04", kBudgetAct}};
  for (const std::string& domain : piece.domains) {
    const auto found = kMatters.find(domain);
    if (found != kMatters.end()) return std::string(found->second);
  }
  return {};
}

// One decision being made.
class Judge {
 public:
  Judge(const Register& facts, const DocumentFacts& document, const Setting& setting,
        const std::string& person, const When& when, Decision& decision)
      : facts_(facts),
        document_(document),
        setting_(setting),
        person_(person),
        when_(when),
        decision_(decision) {
    // Of two pieces of one id the first: the receiver refuses such a file.
    for (const PieceFacts& each : document.pieces) pieces_.emplace(each.id, &each);
    for (const Justification& each : document.justifications) {
      justifications_[each.piece].push_back(&each);
    }
  }

  void Sign(const Element& element) {
    decision_.answer = Answer::kPermitted;
    if (element.bordereau.empty()) {
      Whole();
    } else {
      One(element.bordereau);
    }
    if (decision_.answer == Answer::kDenied) return;
    decision_.role = Role();
  }

 private:
  void Lower(Answer answer) { decision_.answer = std::min(decision_.answer, answer); }
  void Add(Code code, const std::string& element, const std::string& detail) {
    decision_.findings.push_back({code, element, "", detail});
  }

  void One(const std::string& name) {
    const auto named = [&](const BordereauFacts& each) { return each.name == name; };
    const auto& all = document_.bordereaux;
    if (std::count_if(all.begin(), all.end(), named) != 1) {
      Add(Code::kElementUnknown, name, "");
      return Lower(Answer::kDenied);
    }
    SignBordereau(*std::find_if(all.begin(), all.end(), named));
  }

  void Whole() {
    if (!document_.matter.empty()) {
      Main({document_.matter, std::nullopt, document_.matter, {}, nullptr});
    }
    std::set<std::string> referenced;
    for (const BordereauFacts& bordereau : document_.bordereaux) {
      SignBordereau(bordereau);
      referenced.insert(bordereau.pieces_justificatives.begin(),
                        bordereau.pieces_justificatives.end());
    }
    for (const PieceFacts& piece : document_.pieces) {
      if (!referenced.contains(piece.id)) Attest(piece.id, nullptr);
    }
    if (decision_.findings.empty()) {
      Add(Code::kNothingToDecide, "", "");
      Lower(Answer::kDenied);
    }
  }

  void SignBordereau(const BordereauFacts& bordereau) {
    const Power power =
        bordereau.matter == kRecette ? Power::kTitresExecutory : Power::kServiceFait;
    Main({bordereau.name, power, std::string(bordereau.matter), {}, &bordereau});
    for (const std::string& id : bordereau.pieces_justificatives) Attest(id, &bordereau);
  }

  // A power without which nothing is signed.
  void Main(const Need& need) {
    const Foundation foundation = FindFoundation(facts_, person_, need, setting_, when_);
    Note(foundation);
    if (!foundation.founded) Lower(Answer::kDenied);
  }

  void Note(const Foundation& foundation) {
    decision_.findings.insert(decision_.findings.end(), foundation.findings.begin(),
                              foundation.findings.end());
    if (!foundation.founded) return;
    if (foundation.act_missing) Lower(Answer::kJustificationRequired);
    if (foundation.delegation == nullptr) {
      own_.insert(foundation.office->title);
    } else {
      acts_[foundation.office->by_delegation].insert(foundation.delegation->reference);
    }
  }

  const PieceFacts* Find(const std::string& id) const {
    const auto found = pieces_.find(id);
    return found == pieces_.end() ? nullptr : found->second;
  }

  // What attesting the piece takes; nothing when it is absent or of no recognised kind.
  std::optional<Need> NeedOf(const std::string& id, const BordereauFacts* bordereau) {
    const PieceFacts* piece = Find(id);
    if (piece == nullptr) {
      Add(Code::kPieceAbsent, id, "");
      return std::nullopt;
    }
    Need need{id,
              Power::kExecutory,
              bordereau != nullptr ? std::string(bordereau->matter) : MatterOf(*piece),
              {},
              bordereau};
    for (const KindRule* rule : RulesFor(facts_, setting_.collectivite, *piece, when_)) {
      need.kinds.push_back(rule->kind);
    }
    if (!need.kinds.empty()) return need;
    Add(Code::kKindUnknown, id, piece->name);
    return std::nullopt;
  }

  void Attest(const std::string& id, const BordereauFacts* bordereau) {
    const auto need = NeedOf(id, bordereau);
    if (need) {
      const Foundation foundation = FindFoundation(facts_, person_, *need, setting_, when_);
      Note(foundation);
      if (foundation.founded) return;
    }
    if (Justified(id, need ? &*need : nullptr)) return;
    Add(Code::kPieceOutside, id, "");
    Lower(Answer::kJustificationRequired);
  }

  bool Justified(const std::string& id, const Need* need) {
    const auto all = justifications_.find(id);
    if (all == justifications_.end()) return false;
    bool justified = false;
    for (const Justification* each : all->second) {
      const bool good = Counts(*each, need);
      Add(good ? Code::kJustified : Code::kJustificationFails, id,
          Concat(each->carrier, each->carrier.empty() || each->sent_in.empty() ? "" : ", ",
                 each->sent_in));
      justified = justified || good;
    }
    return justified;
  }

  bool Counts(const Justification& each, const Need* need) {
    const bool itself = each.carrier == each.piece;
    switch (each.by) {
      case Justification::By::kSentEarlier:
        if (each.sent_in.empty() || each.carrier.empty() || each.sent_at > when_.at) return false;
        // What was sent earlier was attested then; a piece of this file does not attest itself.
        return itself ? Find(each.piece) == nullptr : IsDecision(each.earlier);
      case Justification::By::kDecision:
        return !itself && each.transmitted && Received(each.received) && IsDecision(each.carrier);
      case Justification::By::kSignedPiece:
        return need != nullptr && each.signer && Find(each.carrier) != nullptr &&
               Competent(*each.signer, *need);
    }
    return false;
  }

  bool Received(const std::string& day) const {
    if (day.empty()) return true;
    const auto zone = LoadZone(setting_.rules->time_zone);
    if (!zone.ok()) return false;
    const auto from = ReadInstant(day, Bound::kFrom, *zone);
    return from.ok() && *from <= when_.at;
  }

  bool IsDecision(const std::string& id) const {
    const PieceFacts* piece = Find(id);
    return piece != nullptr && IsDecision(*piece);
  }
  bool IsDecision(const std::optional<PieceFacts>& piece) const {
    return piece && IsDecision(*piece);
  }
  bool IsDecision(const PieceFacts& piece) const {
    const auto rules = RulesFor(facts_, setting_.collectivite, piece, when_);
    return !rules.empty() && std::all_of(rules.begin(), rules.end(),
                                         [](const KindRule* rule) { return rule->decision; });
  }

  bool Competent(const Signer& signer, const Need& need) const {
    Findings unused;
    const std::string person =
        FindPerson(signer, facts_, setting_, document_.destination, when_, unused);
    return !person.empty() && FindFoundation(facts_, person, need, setting_, when_).founded;
  }

  // By the offices held and the acts that found what is signed.
  std::string Role() const {
    std::string role;
    for (const std::string& title : own_) role += Concat(role.empty() ? "" : " ; ", title);
    for (const auto& [by, references] : acts_) {
      role += Concat(role.empty() ? "" : " ; ", by);
      for (const std::string& reference : references) role += Concat(", ", reference);
    }
    return role;
  }

  const Register& facts_;
  const DocumentFacts& document_;
  const Setting& setting_;
  const std::string& person_;
  const When& when_;
  Decision& decision_;
  std::unordered_map<std::string_view, const PieceFacts*> pieces_;
  std::unordered_map<std::string_view, std::vector<const Justification*>> justifications_;
  std::set<std::string> own_;
  std::map<std::string, std::set<std::string>> acts_;
};

}  // namespace

Decision Decide(const Signer& signer, const Register& facts, const DocumentFacts& document,
                const Element& element, absl::Time at, absl::Time known_at) {
  const When when{at, known_at};
  Decision decision;
  const auto setting = FindSetting(facts, document, when, decision.findings);
  if (!setting) return decision;
  if (!LegalBasisInForce(*setting->rules, at)) {
    decision.findings.push_back(
        {Code::kLegalBasisMissing, "", setting->collectivite, setting->rules->territory});
    return decision;
  }
  decision.person =
      FindPerson(signer, facts, *setting, document.destination, when, decision.findings);
  if (decision.person.empty()) return decision;
  Judge(facts, document, *setting, decision.person, when, decision).Sign(element);
  return decision;
}

}  // namespace sceau::policy
