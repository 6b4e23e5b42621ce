#include "tools/sceau/preview.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string_view>

#include "absl/time/time.h"
#include "base/strings.h"
#include "tools/sceau/display.h"
#include "tools/sceau/findings_text.h"
#include "xades/certificate.h"

namespace sceau::cli {
namespace {

using schemas::Bordereau;
using schemas::Domain;
using schemas::PieceJustificative;

struct DomainWords {
  Domain domain;
  Text name, bordereau, attests;
};
// What a signature attests, by domain (the effects are those of the ordonnateur's signature).
constexpr DomainWords kDomains[] = {
    {Domain::kDepense,
     {"dépense", "expenditure"},
     {"Bordereau de mandats", "Bordereau of mandats"},
     {"bordereaux de mandats : vous attestez le service fait et le caractère exécutoire de toutes "
      "les pièces justificatives",
      "bordereaux of mandats: you attest the service fait and the executory character of every "
      "supporting document"}},
    {Domain::kRecette,
     {"recette", "revenue"},
     {"Bordereau de titres", "Bordereau of titres"},
     {"bordereaux de titres : vous attestez le caractère exécutoire des pièces justificatives et "
      "vous rendez les titres exécutoires",
      "bordereaux of titres: you attest the executory character of the supporting documents and "
      "you make the titres executory"}}};

constexpr Text kWholeAttests = {
    "fichier entier : vous attestez le caractère exécutoire de chacune des pièces justificatives "
    "jointes",
    "whole file: you attest the executory character of each supporting document it carries"};

// A value of the document: safe, and short enough not to push the rest out of sight.
std::string Shown(std::string_view value) {
  constexpr size_t kMaxShown = 200;  // bytes
  std::string text = Printable(value.substr(0, 2 * kMaxShown));
  if (text.size() <= kMaxShown && value.size() <= 2 * kMaxShown) return text;
  size_t end = std::min(kMaxShown, text.size());
  while (end > 0 && end < text.size() && (text[end] & '\xC0') == '\x80') --end;
  return Concat(text.substr(0, end), "\xE2\x80\xA6 (", value.size(), ")");
}

const DomainWords& WordsOf(Domain domain) {
  return domain == Domain::kDepense ? kDomains[0] : kDomains[1];
}

class Writer {
 public:
  Writer(const PreviewContent& content, Lang lang)
      : content_(content), facts_(*content.facts), lang_(lang) {
    for (const PieceJustificative& it : facts_.pieces_justificatives) attached_.emplace(it.id, &it);
  }

  std::string Write() {
    if (content_.budget != nullptr) return WriteBudgetAct(*content_.budget);
    if (content_.detached) return WriteDetached();
    Heading();
    size_t number = 0;
    for (size_t index : content_.bordereaux) One(facts_.bordereaux[index], ++number);
    if (content_.whole) OtherAttachments();
    Totals();
    Warnings();
    Signer();
    Attestations();
    return std::move(out_);
  }

 private:
  std::string_view In(std::string_view fr, std::string_view en) const {
    return Text{fr, en}.In(lang_);
  }
  template <typename... T>
  void Line(const T&... pieces) {
    AppendTo(out_, pieces..., "\n");
  }

  std::string WriteBudgetAct(const schemas::BudgetFacts& act) {
    Line(In("À signer : ", "To be signed: "), Printable(content_.file));
    Line(In("Collectivité : ", "Collectivité: "), Shown(act.libelle));
    Line("  SIRET ", Shown(act.id_coll), ", IdPost ", Shown(act.id_post));
    Line(In("Portée : l'acte budgétaire entier", "Scope: the whole budget act"));
    for (const schemas::Budget& it : act.budgets) {
      Line("");
      Line("Budget ", Shown(it.label), " (CodBud ", Shown(it.cod_bud), ", ", Shown(it.nomenclature),
           ")");
      Line("   NatDec ", Shown(it.nat_dec), In(", exercice ", ", year "), Shown(it.exercice), ", ",
           Count(it.lines, In("ligne", "line"), In("lignes", "lines")));
    }
    Line("");
    Line(In("Scellement : ", "Seal: "), NameOf(act.seal.state), " ", Shown(act.seal.date));
    Warnings();
    Signer();
    return std::move(out_);
  }

  std::string WriteDetached() {
    Line(In("À signer : ", "To be signed: "), Printable(content_.file));
    Line(In("Portée : le fichier tel qu'il est, par une signature détachée",
            "Scope: the file as it is, by a detached signature"));
    Warnings();
    Signer();
    return std::move(out_);
  }

  void Heading() {
    const schemas::Collectivite& it = facts_.collectivite;
    Line(In("À signer : ", "To be signed: "), Printable(content_.file));
    Line(In("Collectivité : ", "Collectivité: "), Shown(it.libelle));
    Line("  SIRET ", Shown(it.id_coll), ", CodCol ", Shown(it.cod_col), ", CodBud ",
         Shown(it.cod_bud), ", IdPost ", Shown(it.id_post));
    const std::string bordereaux =
        Count(static_cast<int64_t>(content_.bordereaux.size()), "bordereau", "bordereaux");
    if (content_.whole) {
      Line(In("Portée : le fichier entier (", "Scope: the whole file ("), bordereaux, ", ",
           Count(static_cast<int64_t>(facts_.pieces_justificatives.size()),
                 In("pièce justificative jointe", "supporting document attached"),
                 In("pièces justificatives jointes", "supporting documents attached")),
           ")");
    } else {
      Line(In("Portée : ", "Scope: "), bordereaux);
    }
    for (const DomainWords& words : kDomains) {
      if (content_.set_dematerialisee && Touches(words.domain) &&
          !facts_.Of(words.domain).Dematerialisee()) {
        Line(In("Modification avant signature : InfoDematerialisee mise à 1 (",
                "Change before signing: InfoDematerialisee set to 1 ("),
             words.name.In(lang_), ")");
      }
    }
  }

  bool Touches(Domain domain) const {
    for (size_t index : content_.bordereaux) {
      if (facts_.bordereaux[index].domain == domain) return true;
    }
    return false;
  }

  void One(const Bordereau& it, size_t number) {
    const DomainWords& words = WordsOf(it.domain);
    Line("");
    Line(number, ". ", words.bordereau.In(lang_), In(" n° ", " no. "), Shown(it.number), " (",
         words.name.In(lang_), "), ", In("exercice ", "year "), Shown(it.exercice),
         In(", type ", ", type "), Shown(it.type), In(", émis le ", ", issued on "),
         Shown(Date(it.date, lang_)));
    Line("   ", Shown(it.Name()), In(" ; ", "; "),
         Count(it.pieces, In("pièce", "piece"), In("pièces", "pieces")),
         In(" ; montant HT ", "; amount excl. tax "),
         it.amount_ht.empty() ? std::string(In("non indiqué", "not given"))
                              : Shown(Amount(it.amount_ht, lang_)));
    for (const std::string& id : it.pieces_justificatives) Attachment(id);
  }

  void Attachment(const std::string& id) {
    const auto [begin, end] = attached_.equal_range(id);
    if (begin == end) {
      Line("   - ", Shown(id),
           In(" : n'est pas dans ce fichier (sur papier, ou déjà transmise)",
              ": not in this file (on paper, or sent already)"));
      return;
    }
    for (auto it = begin; it != end; ++it) {
      shown_.insert(it->second);
      Attachment(*it->second);
    }
  }

  void Attachment(const PieceJustificative& it) {
    std::string about;
    if (!it.type.empty()) AppendTo(about, In("type ", "type "), Shown(it.type), ", ");
    AppendTo(about,
             it.size ? Size(*it.size, lang_) : std::string(In("taille inconnue", "size unknown")));
    Line("   - ", Shown(it.name.empty() ? it.id : it.name), " (", about, ")");
  }

  // Those no bordereau points to: a signature of the whole file covers them too.
  void OtherAttachments() {
    bool first = true;
    for (const PieceJustificative& it : facts_.pieces_justificatives) {
      if (shown_.count(&it) != 0) continue;
      if (std::exchange(first, false)) {
        Line("");
        Line(In("Autres pièces justificatives du fichier :",
                "Other supporting documents of the file:"));
      }
      Attachment(it);
    }
  }

  void Totals() {
    if (content_.bordereaux.size() < 2) return;
    Line("");
    for (const DomainWords& words : kDomains) {
      if (!Touches(words.domain)) continue;
      std::optional<int64_t> total = 0;
      for (size_t index : content_.bordereaux) {
        const Bordereau& it = facts_.bordereaux[index];
        if (it.domain != words.domain) continue;
        const std::optional<int64_t> cents = Cents(it.amount_ht);
        total = total && cents ? std::optional<int64_t>(*total + *cents) : std::nullopt;
      }
      if (total) {
        Line(In("Total HT ", "Total excl. tax, "), words.name.In(lang_), In(" : ", ": "),
             AmountOfCents(*total, lang_));
      }
    }
  }

  void Warnings() {
    constexpr size_t kShown = 20;
    if (content_.checked == nullptr || content_.checked->warning_count == 0) return;
    Line("");
    Line(In("Avertissements : ", "Warnings: "), content_.checked->warning_count);
    const std::vector<schemas::Finding>& all = content_.checked->warnings;
    for (size_t i = 0; i < std::min(kShown, all.size()); ++i) {
      Line("  ", FindingLine(all[i], lang_));
    }
  }

  void Signer() {
    Line("");
    if (content_.certificate.empty()) {
      Line(In("Signataire : le certificat du service", "Signer: the service's certificate"));
    } else if (const auto certificate = xades::Certificate::FromDer(content_.certificate);
               certificate.ok()) {
      Line(In("Signataire : ", "Signer: "), Shown(certificate->Subject()));
      const std::string until =
          absl::FormatTime("%Y-%m-%d", certificate->NotAfter(), absl::UTCTimeZone());
      Line(In("  certificat délivré par ", "  certificate issued by "),
           Shown(certificate->Issuer()), In(", valable jusqu'au ", ", valid until "),
           Date(until, lang_));
    }
    // Not every profile demands them.
    if (!content_.role.empty()) Line(In("Qualité : ", "Role: "), Shown(content_.role));
    if (!content_.city.empty() || !content_.postal_code.empty() || !content_.country.empty()) {
      Line(In("Lieu : ", "Place: "), Shown(content_.city), ", ", Shown(content_.postal_code), ", ",
           Shown(content_.country));
    }
    Line(In("Profil : ", "Profile: "), Shown(content_.profile));
  }

  void Attestations() {
    Line("");
    Line(In("En signant :", "By signing:"));
    for (const DomainWords& words : kDomains) {
      if (content_.whole || Touches(words.domain)) Line("  - ", words.attests.In(lang_));
    }
    if (content_.whole) Line("  - ", kWholeAttests.In(lang_));
  }

  const PreviewContent& content_;
  const schemas::PesFacts& facts_;
  const Lang lang_;
  std::multimap<std::string_view, const PieceJustificative*> attached_;  // by IdUnique
  std::set<const PieceJustificative*> shown_;
  std::string out_;
};

}  // namespace

PreviewContent ContentOf(const std::string& file, const signer::Prepared& prepared) {
  const signer::SignatureParameters& parameters = prepared.parameters;
  PreviewContent content;
  content.file = file;
  content.facts = &prepared.facts;
  if (prepared.budget) content.budget = &*prepared.budget;
  content.detached = !prepared.contents.empty();
  for (const signer::Target& target : prepared.targets) {
    if (target.scope == schemas::Scope::kWhole) content.whole = true;
    if (target.scope == schemas::Scope::kBordereau) content.bordereaux.push_back(target.bordereau);
  }
  if (content.whole) {
    content.bordereaux.resize(prepared.facts.bordereaux.size());
    std::iota(content.bordereaux.begin(), content.bordereaux.end(), size_t{0});
  }
  if (!parameters.certificates.empty()) content.certificate = parameters.certificates.front();
  content.role = parameters.role;
  content.city = parameters.city;
  content.postal_code = parameters.postal_code;
  content.country = parameters.country;
  content.profile = parameters.profile->name;
  content.set_dematerialisee = parameters.set_dematerialisee;
  content.checked = &prepared;
  return content;
}

std::string Preview(const PreviewContent& content, Lang lang) {
  return Writer(content, lang).Write();
}

}  // namespace sceau::cli
