#include "delegations/explain.h"

#include <algorithm>

#include "policy/decide.h"
#include "schemas/competence_facts.h"
#include "schemas/inspection.h"
#include "verifier/attachment_verification.h"
#include "verifier/competence.h"
#include "verifier/justifications.h"
#include "xades/certificate.h"

namespace sceau::delegations {
namespace {

StatusOr<std::vector<policy::Element>> ElementsOf(const Question& question,
                                                  const schemas::PesFacts& pes) {
  std::vector<policy::Element> elements;
  for (const std::string& name : question.bordereaux) {
    const auto is = [&](const schemas::Bordereau& it) {
      return it.Name() == name || it.Ref() == name;
    };
    const auto count = std::count_if(pes.bordereaux.begin(), pes.bordereaux.end(), is);
    if (count == 0) return Error(Reason::kBordereauNotFound, name);
    if (count > 1) return Error(Reason::kBordereauAmbiguous, name);
    elements.push_back({std::find_if(pes.bordereaux.begin(), pes.bordereaux.end(), is)->Name()});
  }
  if (question.whole || (elements.empty() && pes.bordereaux.empty())) elements.push_back({});
  if (!elements.empty()) return elements;
  for (const schemas::Bordereau& it : pes.bordereaux) elements.push_back({it.Name()});
  return elements;
}

// What the document says, and what travels with it: signatures in its attachments are judged for
// now.
StatusOr<policy::DocumentFacts> DocumentOf(const InputFile& input, const schemas::Inspection& it,
                                           const Grounds& grounds) {
  policy::DocumentFacts document =
      schemas::CompetenceFactsOf(it.kind, it.pes, it.budget ? &*it.budget : nullptr);
  if (it.kind != schemas::Kind::kPesAller) return document;
  verifier::FileReport found;
  SCEAU_RETURN_IF_ERROR(verifier::VerifyAttachments(input, grounds.judgement, found));
  SCEAU_RETURN_IF_ERROR(
      verifier::AddJustifications(input, it.pes, found.attachments, grounds.sent, document));
  return document;
}

}  // namespace

StatusOr<Explanation> Explain(const InputFile& input, const Question& question,
                              const Grounds& grounds, absl::Time now) {
  SCEAU_ASSIGN_OR_RETURN(const xades::Certificate certificate,
                         xades::Certificate::FromDer(question.certificate));
  SCEAU_ASSIGN_OR_RETURN(const schemas::Inspection inspection, schemas::Inspect(input));
  SCEAU_ASSIGN_OR_RETURN(const auto elements, ElementsOf(question, inspection.pes));
  SCEAU_ASSIGN_OR_RETURN(const policy::DocumentFacts document,
                         DocumentOf(input, inspection, grounds));
  const policy::Signer signer = verifier::CompetenceSignerOf(certificate);
  Explanation explanation{.subject = certificate.Subject(),
                          .sha256 = inspection.sha256,
                          .siret = document.siret,
                          .at = question.at.value_or(now),
                          .elements = {}};
  for (const policy::Element& element : elements) {
    const auto known = [&](absl::Time known_at) {
      return policy::Decide(signer, grounds.facts, document, element, explanation.at, known_at);
    };
    explanation.elements.push_back(
        {element.bordereau, known(now), known(std::min(explanation.at, now))});
  }
  return explanation;
}

}  // namespace sceau::delegations
