// The card at the desk: what it is to sign, and what is made of its values.
#include <memory>
#include <optional>
#include <utility>

#include "server/appliance.h"
#include "server/caller.h"
#include "signer/competence_facts.h"
#include "signer/to_be_signed.h"

namespace sceau::server {
namespace {

// What was prepared with the texts made of it; moved nowhere, they refer to each other.
struct CardWork {
  signer::Prepared prepared;
  StatusOr<signer::ToBeSigned> texts;

  explicit CardWork(signer::Prepared made)
      : prepared(std::move(made)), texts(signer::ToBeSigned::Of(prepared)) {}
  CardWork(const CardWork&) = delete;
  CardWork& operator=(const CardWork&) = delete;
};

}  // namespace

StatusOr<WorkForCard> Appliance::PrepareForCard(const InputFile& input, const SignOrder& order,
                                                absl::Time signing_time) const {
  const std::shared_ptr<const Setup> setup = Current();
  SCEAU_ASSIGN_OR_RETURN(signer::SignatureParameters parameters,
                         ParametersOf(*setup, order, signing_time));
  parameters.certificates = order.certificates;
  SCEAU_ASSIGN_OR_RETURN(const std::optional<signer::DetachedTask> detached,
                         DetachedOf(order, input, nullptr));
  SCEAU_ASSIGN_OR_RETURN(signer::Prepared prepared, detached ? detached->Prepare(parameters)
                                                             : signer::Prepare(input, parameters));
  SCEAU_RETURN_IF_ERROR(RequireWithin(order.within, signer::SiretOf(prepared)));
  SCEAU_RETURN_IF_ERROR(
      setup->competence
          ->Found(prepared, order.role, clock_.Now(), JustifyOf(*setup, input, prepared))
          .status());
  prepared.facts = {};  // there may be many, and they wait for a reader
  prepared.contents.clear();  // the file does not
  const auto work = std::make_shared<const CardWork>(std::move(prepared));
  SCEAU_RETURN_IF_ERROR(work->texts.status());
  return WorkForCard{.targets = work->texts->size(),
                     .target = [work](size_t index) { return work->texts->At(index); },
                     .fingerprint = work->texts->Fingerprint()};
}

// Prepared once more from the same bytes and parameters: what comes out must be, text for text,
// what the card was given.
StatusOr<signer::Outcome> Appliance::CompleteFromCard(const InputFile& input,
                                                      const SignOrder& order,
                                                      const CardSignatures& given,
                                                      const SignWatch& watch, OutputFile& output,
                                                      SigningEnd& end) {
  const std::shared_ptr<const Setup> setup = Current();
  SCEAU_ASSIGN_OR_RETURN(signer::SignatureParameters parameters,
                         ParametersOf(*setup, order, given.signing_time));
  parameters.certificates = end.certificates = order.certificates;
  SCEAU_ASSIGN_OR_RETURN(const std::optional<signer::DetachedTask> detached,
                         DetachedOf(order, input, nullptr));
  SCEAU_ASSIGN_OR_RETURN(signer::Prepared prepared, detached ? detached->Prepare(parameters)
                                                             : signer::Prepare(input, parameters));
  SCEAU_RETURN_IF_ERROR(RequireWithin(order.within, signer::SiretOf(prepared)));
  // Anew: what founded it at Prepare may have been revoked since (P-65).
  SCEAU_ASSIGN_OR_RETURN(const Competence::Founding founding,
                         setup->competence->Found(prepared, order.role, clock_.Now(),
                                                  JustifyOf(*setup, input, prepared)));
  end.role = founding.role();
  end.acts = founding.acts();
  end.justified = founding.justified();
  signer::SignFunction made;
  {
    SCEAU_ASSIGN_OR_RETURN(const signer::ToBeSigned texts, signer::ToBeSigned::Of(prepared));
    if (texts.Fingerprint() != given.fingerprint || texts.size() != given.values.size()) {
      return Error(Reason::kPreparationDiffers);
    }
    for (size_t i = 0; i < texts.size(); ++i) {
      SCEAU_RETURN_IF_ERROR(texts.Check(i, given.values[i]));
    }
    made = texts.Made(given.values);
  }
  return Finish(*setup, detached ? detached->Document() : input, std::move(prepared), made, watch,
                output);
}

}  // namespace sceau::server
