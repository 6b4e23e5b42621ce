#include "schemas/agreement.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/settings.h"
#include "base/strings.h"
#include "schemas/attachment_contents.h"
#include "schemas/budget_agreement.h"
#include "schemas/schema_set.h"

namespace sceau::schemas {
namespace {

// "a" or ["a", "b"]
Complaint SetOneOrMore(const toml::node& node, std::vector<std::string>& out) {
  if (node.is_array()) return SetTexts(node, out);
  return SetText(node, out.emplace_back());
}

Complaint SetNames(const toml::node& node, DocumentKind& kind) {
  std::vector<std::string> patterns;
  Complaint wrong = SetOneOrMore(node, patterns);
  if (!wrong.empty()) return wrong;
  try {
    for (const std::string& it : patterns) kind.names.emplace_back(it);
  } catch (const std::regex_error&) {
    return "expected: a regular expression (ECMAScript)";
  }
  return {};
}

Complaint SetDay(const toml::node& node, std::string& day) {
  Complaint wrong = SetText(node, day);
  if (!wrong.empty() || IsDay(day)) return wrong;
  return "expected: \"2024-01-31\"";
}

Complaint SetDomain(const toml::node& node, std::string& name) {
  return SetChoice(node, {NameOf(Domain::kDepense), NameOf(Domain::kRecette)}, name);
}

Complaint SetDomains(const toml::node& node, Agreement& agreement) {
  const toml::array* names = node.as_array();
  if (names == nullptr) return "expected: [\"DEPENSE\", \"RECETTE\"]";
  for (const toml::node& name : *names) {
    Complaint wrong = SetDomain(name, agreement.domains.emplace_back().name);
    if (!wrong.empty()) return wrong;
  }
  return {};
}

constexpr Setting<AgreedDomain> kDomainSettings[] = {
    {"name", [](const toml::node& n, AgreedDomain& d) { return SetDomain(n, d.name); }},
    {"from", [](const toml::node& n, AgreedDomain& d) { return SetDay(n, d.from); }},
};

Complaint AddDomains(const toml::node& node, Agreement& agreement) {
  std::vector<AgreedDomain> domains;
  Complaint wrong = ApplyEntries<AgreedDomain>(node, kDomainSettings, "domain", domains);
  if (!wrong.empty()) return wrong;
  for (AgreedDomain& it : domains) {
    if (it.name.empty()) return "name: missing";
    agreement.domains.push_back(std::move(it));
  }
  return {};
}

constexpr Setting<DocumentKind> kKindSettings[] = {
    {"label", [](const toml::node& n, DocumentKind& k) { return SetText(n, k.label); }},
    {"mime_type",
     [](const toml::node& n, DocumentKind& k) { return SetOneOrMore(n, k.mime_types); }},
    {"name", [](const toml::node& n, DocumentKind& k) { return SetNames(n, k); }},
    {"from", [](const toml::node& n, DocumentKind& k) { return SetDay(n, k.from); }},
    {"readable_text",
     [](const toml::node& n, DocumentKind& k) { return SetFlag(n, k.readable_text); }},
};

constexpr Setting<Agreement> kAgreementSettings[] = {
    {"id_coll", [](const toml::node& n, Agreement& a) { return SetText(n, a.id_coll); }},
    {"id_post", [](const toml::node& n, Agreement& a) { return SetText(n, a.id_post); }},
    {"from", [](const toml::node& n, Agreement& a) { return SetDay(n, a.from); }},
    {"domains", [](const toml::node& n, Agreement& a) { return SetDomains(n, a); }},
    {"domain", [](const toml::node& n, Agreement& a) { return AddDomains(n, a); }},
    {"budgets", [](const toml::node& n, Agreement& a) { return SetTexts(n, a.budgets); }},
    {"kind",
     [](const toml::node& n, Agreement& a) {
       return ApplyEntries<DocumentKind>(n, kKindSettings, "kind", a.kinds);
     }},
};

// What two records say of one thing: neither may be passed over in silence.
std::string SaidTwice(const Agreement& agreement) {
  for (size_t i = 1; i < agreement.domains.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      if (agreement.domains[k].name == agreement.domains[i].name) return agreement.domains[i].name;
    }
  }
  return "";
}

Complaint SetAgreements(const toml::node& node, std::vector<Agreement>& all) {
  Complaint wrong = ApplyEntries<Agreement>(node, kAgreementSettings, "agreement", all);
  if (!wrong.empty()) return wrong;
  std::set<std::pair<std::string, std::string>> known;
  for (size_t i = 0; i < all.size(); ++i) {
    std::string twice = SaidTwice(all[i]);
    if (!known.emplace(all[i].id_coll, all[i].id_post).second) {
      twice = Concat(all[i].id_coll, " / ", all[i].id_post.empty() ? "*" : all[i].id_post);
    }
    if (!twice.empty()) {
      return {Concat("stands twice: ", twice), node.as_array()->get(i), "agreement"};
    }
  }
  return {};
}

constexpr Setting<std::vector<Agreement>> kSettings[] = {{"agreement", SetAgreements}};

bool Lists(const std::vector<std::string>& list, std::string_view value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

// Null: the agreement does not have it.
const AgreedDomain* FindDomain(const Agreement& agreement, Domain domain) {
  static constexpr AgreedDomain kAsTheAgreement;
  if (agreement.domains.empty()) return &kAsTheAgreement;
  for (const AgreedDomain& it : agreement.domains) {
    if (it.name == NameOf(domain)) return &it;
  }
  return nullptr;
}

bool IsPicture(const PieceJustificative& piece) {
  return piece.opened != nullptr && piece.opened->facts.pdf &&
         piece.opened->facts.pdf->image_only_pages > 0;
}

bool IsNamed(const PieceJustificative& piece, const DocumentKind& kind) {
  if (kind.names.empty()) return true;
  // A name is short in every schema; what is longer matches no pattern.
  return piece.name.size() <= 250 &&
         std::any_of(kind.names.begin(), kind.names.end(),
                     [&](const std::regex& it) { return std::regex_match(piece.name, it); });
}

// By IdUnique: the day of the earliest bordereau that refers to it.
using Days = absl::flat_hash_map<std::string_view, std::string_view>;

Days DaysOf(const PesFacts& facts) {
  Days days;
  for (const Bordereau& bordereau : facts.bordereaux) {
    for (const std::string& id : bordereau.pieces_justificatives) {
      const auto [known, is_new] = days.emplace(id, bordereau.date);
      if (!is_new) known->second = std::min(known->second, std::string_view(bordereau.date));
    }
  }
  return days;
}

// A piece must be as one of the kinds wants it; of several that it is like, the first one's
// complaint is told.
void CheckPiece(const PieceJustificative& piece, const Agreement& agreement, const Days& days,
                std::vector<Finding>& out) {
  if (agreement.kinds.empty()) return;
  const Place place{piece.line, piece.column, "PJ"};
  std::optional<Finding> wrong;
  const auto say = [&](std::string_view rule, std::string detail, std::string value) {
    if (wrong) return;
    wrong = {Severity::kWarning, std::string(rule), place, std::move(detail), std::move(value)};
  };
  bool format = false;
  for (const DocumentKind& kind : agreement.kinds) {
    if (!Lists(kind.mime_types, piece.mime_type)) continue;
    format = true;
    if (!IsNamed(piece, kind)) continue;
    const auto day = days.find(piece.id);
    if (day != days.end() && day->second < kind.from) {
      say("AGREEMENT_KIND_TOO_EARLY",
          Concat(piece.id, ": ", kind.label, kind.label.empty() ? "" : ", ", kind.from),
          std::string(day->second));
    } else if (kind.readable_text && IsPicture(piece)) {
      say("AGREEMENT_PDF_TEXT", piece.id, piece.name);
    } else {
      return;
    }
  }
  say(format ? "AGREEMENT_NAME" : "AGREEMENT_FORMAT", piece.id,
      format ? piece.name : piece.mime_type);
  out.push_back(*std::move(wrong));
}

// Null when there is none.
const Agreement* Find(const std::vector<Agreement>& agreements, const std::string& id_coll,
                      const std::string& id_post) {
  const Agreement* of_any = nullptr;
  for (const Agreement& it : agreements) {
    if (it.id_coll != id_coll) continue;
    if (it.id_post == id_post) return &it;
    if (it.id_post.empty()) of_any = &it;
  }
  return of_any;
}

Finding Missing(const std::string& id_coll, const std::string& id_post, const Place& place) {
  return {Severity::kWarning, "AGREEMENT_MISSING", place, id_post, id_coll};
}

}  // namespace

StatusOr<std::vector<Agreement>> ParseAgreements(std::string_view text, const std::string& name) {
  std::vector<Agreement> all;
  SCEAU_RETURN_IF_ERROR(
      ReadSettings<std::vector<Agreement>>(text, {.name = name}, kSettings, all));
  return all;
}

std::vector<Finding> CheckAgreement(const PesFacts& facts,
                                    const std::vector<Agreement>& agreements) {
  const Collectivite& by = facts.collectivite;
  const Agreement* const agreement = Find(agreements, by.id_coll, by.id_post);
  if (agreement == nullptr) return {Missing(by.id_coll, by.id_post, facts.id_coll_place)};
  std::vector<Finding> out;
  if (!Lists(agreement->budgets, by.cod_bud)) {
    out.push_back({Severity::kWarning, "AGREEMENT_BUDGET", facts.cod_bud_place, "", by.cod_bud});
  }
  for (const Domain domain : {Domain::kDepense, Domain::kRecette}) {
    const DomainFacts& of = facts.Of(domain);
    if (of.present && FindDomain(*agreement, domain) == nullptr) {
      out.push_back({Severity::kWarning,
                     "AGREEMENT_DOMAIN",
                     {of.line, of.column, std::string(NameOf(domain))},
                     "",
                     std::string(NameOf(domain))});
    }
  }
  for (const Bordereau& it : facts.bordereaux) {
    const AgreedDomain* domain = FindDomain(*agreement, it.domain);
    if (!facts.Of(it.domain).Dematerialisee() || domain == nullptr) continue;
    const std::string& from = std::max(agreement->from, domain->from);
    if (it.date >= from) continue;
    out.push_back({Severity::kWarning,
                   "AGREEMENT_TOO_EARLY",
                   {it.line, it.column, it.Name()},
                   Concat(it.Name(), ": ", from),
                   it.date});
  }
  const Days days = DaysOf(facts);
  for (const PieceJustificative& it : facts.pieces_justificatives) {
    CheckPiece(it, *agreement, days, out);
  }
  return out;
}

std::vector<Finding> CheckAgreement(const BudgetFacts& facts,
                                    const std::vector<Agreement>& agreements) {
  const Agreement* const agreement = Find(agreements, facts.id_coll, facts.id_post);
  if (agreement == nullptr) {
    return {Missing(facts.id_coll, facts.id_post,
                    {facts.line, facts.column, "EnTeteDocBudgetaire"})};
  }
  std::vector<Finding> out;
  for (const Budget& it : facts.budgets) {
    if (Lists(agreement->budgets, it.cod_bud)) continue;
    out.push_back(
        {Severity::kWarning, "AGREEMENT_BUDGET", {it.line, it.column, "Budget"}, "", it.cod_bud});
  }
  return out;
}

}  // namespace sceau::schemas
