#include "signer/competence_facts.h"

#include "schemas/competence_facts.h"
#include "xades/certificate.h"

namespace sceau::signer {

StatusOr<policy::Signer> CompetenceSignerOf(const std::string& certificate) {
  SCEAU_ASSIGN_OR_RETURN(const xades::Certificate read, xades::Certificate::FromDer(certificate));
  return policy::Signer{read.Issuer(), read.SerialDecimal(), read.KeySha256()};
}

policy::DocumentFacts CompetenceFactsOf(const Prepared& prepared) {
  if (prepared.budget) return schemas::CompetenceFactsOf(*prepared.budget);
  if (prepared.kind == schemas::Kind::kPesAller) return schemas::CompetenceFactsOf(prepared.facts);
  return schemas::CompetenceFactsOf(schemas::NameOf(prepared.kind));
}

std::vector<policy::Element> CompetenceElementsOf(const Prepared& prepared) {
  std::vector<policy::Element> elements;
  for (const Target& target : prepared.targets) {
    const bool whole = target.scope != schemas::Scope::kBordereau;
    elements.push_back({whole ? "" : prepared.facts.bordereaux[target.bordereau].Name()});
  }
  return elements;
}

}  // namespace sceau::signer
