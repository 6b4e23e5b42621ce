#include "schemas/competence_facts.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "base/strings.h"

namespace sceau::schemas {
namespace {

// Euros with at most two decimals, as MtBordHT is written; a sum written otherwise is not known.
std::optional<int64_t> CentsOf(std::string_view text) {
  constexpr size_t kLongest = 15;  // far below what an int64_t holds
  const size_t point = text.find('.');
  const std::string_view euros = text.substr(0, point);
  std::string decimals(point == std::string_view::npos ? "" : text.substr(point + 1));
  const bool negative = euros.starts_with('-');
  const std::string_view digits = euros.substr(negative ? 1 : 0);
  if (digits.empty() || digits.size() > kLongest || decimals.size() > 2) return std::nullopt;
  decimals.append(2 - decimals.size(), '0');
  int64_t cents = 0;
  for (const char c : Concat(digits, decimals)) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    cents = cents * 10 + (c - '0');
  }
  return negative ? -cents : cents;
}

policy::BordereauFacts FactsOf(const Bordereau& bordereau) {
  policy::BordereauFacts facts;
  facts.name = bordereau.Name();
  facts.matter = bordereau.domain == Domain::kDepense ? policy::kDepense : policy::kRecette;
  facts.type = bordereau.type;
  facts.amount = CentsOf(bordereau.amount_ht);
  facts.largest_piece = bordereau.largest_piece;
  facts.pieces_justificatives = bordereau.pieces_justificatives;
  return facts;
}

policy::DocumentFacts OfPes(const PesFacts& pes) {
  policy::DocumentFacts facts;
  facts.siret = pes.collectivite.id_coll;
  facts.id_post = pes.collectivite.id_post;
  facts.cod_col = pes.collectivite.cod_col;
  facts.cod_bud = pes.collectivite.cod_bud;
  for (const Bordereau& bordereau : pes.bordereaux) {
    facts.bordereaux.push_back(FactsOf(bordereau));
  }
  for (const PieceJustificative& piece : pes.pieces_justificatives) {
    facts.pieces.push_back({piece.id, piece.name, piece.type, piece.ref_domaines});
    if (!piece.sha256.empty()) facts.acts.push_back(piece.sha256);
  }
  return facts;
}

policy::DocumentFacts OfBudgetAct(const BudgetFacts& budget) {
  policy::DocumentFacts facts;
  facts.matter = policy::kBudgetAct;
  facts.destination = policy::Destination::kPrefecture;
  facts.id_post = budget.id_post;
  if (budget.budgets.size() != 1) return facts;  // of none or several: of no budget at all
  facts.siret = budget.budgets.front().siret;
  facts.cod_col = budget.budgets.front().cod_col;
  facts.cod_bud = budget.budgets.front().cod_bud;
  return facts;
}

}  // namespace

policy::DocumentFacts CompetenceFactsOf(Kind kind, const PesFacts& pes, const BudgetFacts* budget) {
  if (budget != nullptr) return OfBudgetAct(*budget);
  if (kind == Kind::kPesAller) return OfPes(pes);
  policy::DocumentFacts facts;
  facts.matter = NameOf(kind);
  facts.destination = policy::Destination::kPrefecture;
  return facts;
}

}  // namespace sceau::schemas
