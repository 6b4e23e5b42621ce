#include "schemas/agreement.h"

#include <algorithm>

#include "base/settings.h"
#include "base/strings.h"
#include "schemas/attachment_contents.h"
#include "schemas/budget_agreement.h"
#include "schemas/schema_set.h"

namespace sceau::schemas {
namespace {

Complaint SetPattern(const toml::node& node, DocumentKind& kind) {
  Complaint wrong = SetText(node, kind.name);
  if (!wrong.empty()) return wrong;
  try {
    kind.pattern = std::regex(kind.name);
  } catch (const std::regex_error&) {
    return "expected: a regular expression (ECMAScript)";
  }
  return {};
}

Complaint SetFrom(const toml::node& node, Agreement& agreement) {
  Complaint wrong = SetText(node, agreement.from);
  if (!wrong.empty() || IsDay(agreement.from)) return wrong;
  return "expected: \"2024-01-31\"";
}

Complaint SetDomains(const toml::node& node, Agreement& agreement) {
  Complaint wrong = SetTexts(node, agreement.domains);
  if (!wrong.empty()) return wrong;
  for (const std::string& it : agreement.domains) {
    if (it != NameOf(Domain::kDepense) && it != NameOf(Domain::kRecette)) {
      return "expected: \"DEPENSE\", \"RECETTE\"";
    }
  }
  return {};
}

constexpr Setting<DocumentKind> kKindSettings[] = {
    {"mime_type", [](const toml::node& n, DocumentKind& k) { return SetText(n, k.mime_type); }},
    {"name", [](const toml::node& n, DocumentKind& k) { return SetPattern(n, k); }},
    {"readable_text",
     [](const toml::node& n, DocumentKind& k) { return SetFlag(n, k.readable_text); }},
};

constexpr Setting<Agreement> kAgreementSettings[] = {
    {"id_coll", [](const toml::node& n, Agreement& a) { return SetText(n, a.id_coll); }},
    {"id_post", [](const toml::node& n, Agreement& a) { return SetText(n, a.id_post); }},
    {"from", [](const toml::node& n, Agreement& a) { return SetFrom(n, a); }},
    {"domains", [](const toml::node& n, Agreement& a) { return SetDomains(n, a); }},
    {"budgets", [](const toml::node& n, Agreement& a) { return SetTexts(n, a.budgets); }},
    {"kind",
     [](const toml::node& n, Agreement& a) {
       return ApplyEntries<DocumentKind>(n, kKindSettings, "kind", a.kinds);
     }},
};

constexpr Setting<std::vector<Agreement>> kSettings[] = {
    {"agreement",
     [](const toml::node& n, std::vector<Agreement>& all) {
       return ApplyEntries<Agreement>(n, kAgreementSettings, "agreement", all);
     }},
};

bool Lists(const std::vector<std::string>& list, std::string_view value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool IsPicture(const PieceJustificative& piece) {
  return piece.opened != nullptr && piece.opened->facts.pdf &&
         piece.opened->facts.pdf->image_only_pages > 0;
}

void CheckPiece(const PieceJustificative& piece, const Agreement& agreement,
                std::vector<Finding>& out) {
  if (agreement.kinds.empty()) return;
  const Place place{piece.line, piece.column, "PJ"};
  bool format = false;
  for (const DocumentKind& kind : agreement.kinds) {
    if (!kind.mime_type.empty() && kind.mime_type != piece.mime_type) continue;
    format = true;
    // A name is short in every schema; what is longer matches no pattern.
    const bool named = kind.name.empty() || (piece.name.size() <= 250 &&
                                             std::regex_match(piece.name, kind.pattern));
    if (!named) continue;
    if (kind.readable_text && IsPicture(piece)) {
      out.push_back({Severity::kWarning, "AGREEMENT_PDF_TEXT", place, piece.id, piece.name});
    }
    return;
  }
  out.push_back({Severity::kWarning, format ? "AGREEMENT_NAME" : "AGREEMENT_FORMAT", place,
                 piece.id, format ? piece.name : piece.mime_type});
}

// Null when there is none.
const Agreement* Find(const std::vector<Agreement>& agreements, const std::string& id_coll,
                      const std::string& id_post) {
  for (const Agreement& it : agreements) {
    if (it.id_coll == id_coll && (it.id_post.empty() || it.id_post == id_post)) return &it;
  }
  return nullptr;
}

Finding Missing(const std::string& id_coll, const std::string& id_post, const Place& place) {
  return {Severity::kWarning, "AGREEMENT_MISSING", place, Concat(id_coll, " / ", id_post)};
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
    if (of.present && !Lists(agreement->domains, NameOf(domain))) {
      out.push_back({Severity::kWarning, "AGREEMENT_DOMAIN",
                     {of.line, of.column, std::string(NameOf(domain))}, std::string(NameOf(domain))});
    }
  }
  for (const Bordereau& it : facts.bordereaux) {
    if (!facts.Of(it.domain).Dematerialisee() || it.date >= agreement->from) continue;
    out.push_back({Severity::kWarning, "AGREEMENT_TOO_EARLY", {it.line, it.column, it.Name()},
                   agreement->from, it.date});
  }
  for (const PieceJustificative& it : facts.pieces_justificatives) CheckPiece(it, *agreement, out);
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
