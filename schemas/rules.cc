#include "schemas/rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "base/strings.h"
#include "schemas/budget_rules.h"

namespace sceau::schemas {
namespace {

struct RuleText {
  std::string_view rule;
  Text text;
};

constexpr RuleText kRules[] = {
    {"INFO_DEMATERIALISEE_MISSING",
     {"InfoDematerialisee vaut 0 ou manque alors que le domaine porte une signature : le comptable "
      "rejette le flux.",
      "InfoDematerialisee is 0 or absent although the domain carries a signature: the accountant "
      "rejects the file."}},
    {"INFO_DEMATERIALISEE_WITHOUT_SIGNATURE",
     {"InfoDematerialisee vaut 1 et le bordereau n'est pas signé.",
      "InfoDematerialisee is 1 and the bordereau is not signed."}},
    {"NBRPCE_MISMATCH",
     {"NbrPce n'est pas le nombre de pièces du bordereau.",
      "NbrPce is not the number of pieces of the bordereau."}},
    {"MT_CUMUL_ANNUEL_MISSING",
     {"MtCumulAnnuel est absent ou nul alors qu'InfoDematerialisee vaut 1.",
      "MtCumulAnnuel is absent or zero although InfoDematerialisee is 1."}},
    {"BORDEREAU_NUMBER_DUPLICATE",
     {"Le numéro de bordereau figure deux fois pour cet exercice et ce type.",
      "The bordereau number stands twice for this year and type."}},
    {"BORDEREAU_WITHOUT_ID",
     {"Le bordereau n'a pas d'Id ; la signature en ajoutera un.",
      "The bordereau has no Id; signing adds one."}},
    {"PJ_DUPLICATE_ID",
     {"Deux pièces justificatives portent le même IdUnique.",
      "Two supporting documents have the same IdUnique."}},
    {"ATTACHMENT_NOT_READABLE",
     {"Le contenu de la pièce justificative n'est pas du base64 d'un gzip, ou dépasse la limite.",
      "The supporting document's content is not base64 of gzip, or exceeds the limit."}},
    {"DUPLICATE_ID",
     {"Un même Id désigne deux éléments du fichier.", "One Id names two elements of the file."}},
    {"SIGNATURE_MISPLACED",
     {"Une signature se trouve à un endroit que le format n'admet pas.",
      "A signature stands where the format does not admit one."}},
    {"TECHNICAL_SIGNATURE",
     {"La signature du fichier est technique (transmission) : elle n'atteste pas les bordereaux.",
      "The file's signature is technical (transmission): it does not attest the bordereaux."}},
};

Place PlaceOf(const Bordereau& bordereau) {
  return {bordereau.line, bordereau.column, bordereau.Name()};
}

bool IsZeroOrEmpty(const std::string& amount) {
  double value = 0;
  return amount.empty() || (absl::SimpleAtod(amount, &value) && value == 0);
}

bool DomainIsSigned(const PesFacts& facts, Domain domain) {
  return std::any_of(facts.bordereaux.begin(), facts.bordereaux.end(),
                     [&](const Bordereau& b) { return b.domain == domain && b.signatures > 0; });
}

}  // namespace

std::string_view NameOf(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "ERROR";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kInfo:
      return "INFO";
  }
  return "ERROR";
}

std::string Describe(const Finding& finding, Lang lang) {
  std::string text = finding.rule;
  for (const RuleText& rule : kRules) {
    if (rule.rule == finding.rule) text = std::string(rule.text.In(lang));
  }
  if (const Text* of_budget = BudgetRuleText(finding.rule)) text = of_budget->In(lang);
  if (!finding.detail.empty()) AppendTo(text, " [", finding.detail, "]");
  return text;
}

std::vector<Finding> CheckDematerialisation(const PesFacts& facts) {
  std::vector<Finding> out;
  for (const Domain domain : {Domain::kDepense, Domain::kRecette}) {
    const DomainFacts& of = facts.Of(domain);
    if (!of.present || of.Dematerialisee()) continue;
    if (DomainIsSigned(facts, domain) || facts.root_signatures > 0) {
      out.push_back({Severity::kWarning,
                     "INFO_DEMATERIALISEE_MISSING",
                     {of.line, of.column, "InfoDematerialisee"},
                     of.info_dematerialisee.value_or("")});
    }
  }
  return out;
}

std::vector<Finding> CheckPes(const PesReader& reader) {
  const PesFacts& facts = reader.facts();
  std::vector<Finding> out = CheckDematerialisation(facts);
  std::set<std::string> refs;
  for (size_t i = 0; i < facts.bordereaux.size(); ++i) {
    const Bordereau& bordereau = facts.bordereaux[i];
    const PesReader::Declared& declared = reader.declared()[i];
    const auto add = [&](Severity severity, std::string_view rule, std::string detail) {
      out.push_back({severity, std::string(rule), PlaceOf(bordereau), std::move(detail)});
    };
    const bool flagged = facts.Of(bordereau.domain).Dematerialisee();
    if (flagged && bordereau.signatures == 0 && facts.root_signatures == 0) {
      add(Severity::kWarning, "INFO_DEMATERIALISEE_WITHOUT_SIGNATURE", "");
    }
    if (flagged && IsZeroOrEmpty(declared.mt_cumul_annuel)) {
      add(Severity::kError, "MT_CUMUL_ANNUEL_MISSING", declared.mt_cumul_annuel);
    }
    int64_t count = 0;
    if (!absl::SimpleAtoi(declared.nbr_pce, &count) || count < 1 || count != bordereau.pieces) {
      add(Severity::kError, "NBRPCE_MISMATCH", Concat(declared.nbr_pce, " / ", bordereau.pieces));
    }
    if (!refs.insert(bordereau.Ref()).second) {
      add(Severity::kError, "BORDEREAU_NUMBER_DUPLICATE", bordereau.Ref());
    }
    if (!bordereau.id) add(Severity::kInfo, "BORDEREAU_WITHOUT_ID", "");
  }
  std::set<std::string> pieces;
  for (const PieceJustificative& piece : facts.pieces_justificatives) {
    if (!pieces.insert(piece.id).second) {
      out.push_back(
          {Severity::kError, "PJ_DUPLICATE_ID", {piece.line, piece.column, "PJ"}, piece.id});
    }
  }
  return out;
}

}  // namespace sceau::schemas
