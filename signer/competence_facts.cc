#include "signer/competence_facts.h"

#include "schemas/competence_facts.h"

namespace sceau::signer {

policy::DocumentFacts CompetenceFactsOf(const Prepared& prepared) {
  return schemas::CompetenceFactsOf(prepared.kind, prepared.facts,
                                    prepared.budget ? &*prepared.budget : nullptr);
}

std::string SiretOf(const Prepared& prepared) {
  if (!prepared.budget) return prepared.facts.collectivite.id_coll;
  const auto& budgets = prepared.budget->budgets;
  return budgets.size() == 1 ? budgets.front().siret : "";
}

std::vector<policy::Element> CompetenceElementsOf(const Prepared& prepared) {
  std::vector<policy::Element> elements;
  for (const Target& target : prepared.targets) {
    const bool whole = target.scope != schemas::Scope::kBordereau;
    elements.push_back({whole ? "" : prepared.facts.bordereaux[target.bordereau].Name()});
  }
  return elements;
}

std::set<std::string> AttestedBy(const Prepared& prepared) {
  std::set<std::string> attested;
  for (const Target& target : prepared.targets) {
    if (target.scope == schemas::Scope::kBordereau) {
      const auto& ids = prepared.facts.bordereaux[target.bordereau].pieces_justificatives;
      attested.insert(ids.begin(), ids.end());
      continue;
    }
    for (const auto& piece : prepared.facts.pieces_justificatives) attested.insert(piece.id);
  }
  return attested;
}

}  // namespace sceau::signer
