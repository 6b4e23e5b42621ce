#include "delegations/act.h"

#include <algorithm>
#include <memory>

#include "base/file_digest.h"
#include "base/strings.h"
#include "policy/binding.h"

namespace sceau::delegations {
namespace {

using policy::Delegation;
using policy::Register;

struct Named {
  ActState state;
  std::string_view name;
  Text text;
};
constexpr Named kStates[] = {
    {ActState::kNone, "NONE", {"aucun acte donné", "no act given"}},
    {ActState::kUnsigned,
     "UNSIGNED",
     {"l'acte ne porte aucune signature", "the act carries no signature"}},
    {ActState::kNotValid,
     "NOT_VALID",
     {"aucune signature de l'acte n'est valide jusqu'à une autorité de confiance",
      "no signature of the act is valid up to a trusted authority"}},
    {ActState::kPartial,
     "PARTIAL",
     {"la signature ne couvre pas l'acte entier", "the signature does not cover the whole act"}},
    {ActState::kOtherSigner,
     "OTHER_SIGNER",
     {"le signataire n'est pas le titulaire de la fonction délégante à la date de l'acte",
      "the signer is not who held the delegator's office when the act was signed"}},
    {ActState::kVerified,
     "VERIFIED",
     {"signé par le délégant", "signed by the delegator"}}};

const Named& NamedOf(ActState state) {
  for (const Named& it : kStates) {
    if (it.state == state) return it;
  }
  return kStates[0];
}

bool Passes(const verifier::SignatureReport& it) {
  return it.indication == verifier::Indication::kTotalPassed;
}

class Judge {
 public:
  Judge(const Delegation& delegation, const Register& facts)
      : delegation_(delegation),
        facts_(facts),
        when_{delegation.signed_at.value_or(absl::InfinitePast()), absl::InfiniteFuture()} {}

  ActState Of(const verifier::SignatureReport& it) const {
    if (!Passes(it) || !it.signer) return ActState::kNotValid;
    if (it.scope != schemas::Scope::kWhole) return ActState::kPartial;
    policy::Findings unused;
    const policy::Record* binding = policy::FindBinding(
        facts_, {it.signer->issuer, it.signer->serial, it.signer->key_sha256}, when_, unused);
    if (binding == nullptr) return ActState::kOtherSigner;
    const auto& person = std::get<policy::CertificateBinding>(binding->body).person;
    return policy::HoldsOffice(facts_, person, delegation_.delegator_office, when_)
               ? ActState::kVerified
               : ActState::kOtherSigner;
  }

 private:
  const Delegation& delegation_;
  const Register& facts_;
  const policy::When when_;
};

}  // namespace

std::string_view NameOf(ActState state) { return NamedOf(state).name; }
std::optional<ActState> ActStateNamed(std::string_view name) {
  for (const Named& it : kStates) {
    if (it.name == name) return it.state;
  }
  return std::nullopt;
}
Text TextOf(ActState state) { return NamedOf(state).text; }

StatusOr<Act> JudgeAct(const ActFiles& files, const Delegation& delegation, const Register& facts,
                       const verifier::VerifyOptions& options) {
  if (files.act == nullptr) return Act();
  Act act{.state = ActState::kUnsigned, .sha256 = {}};
  SCEAU_ASSIGN_OR_RETURN(act.sha256, Sha256Of(*files.act));
  const Judge judge(delegation, facts);
  if (files.signature == nullptr) {
    for (const auto& it : verifier::Verify(*files.act, files.name, options).signatures) {
      act.state = std::max(act.state, judge.Of(it));
    }
    return act;
  }
  const auto alone = verifier::Verify(*files.signature, files.name, options);
  verifier::VerifyOptions with = options;
  // Somebody else owns the act.
  with.contents = {{files.name, {std::shared_ptr<const InputFile>(), files.act}}};
  const auto together = verifier::Verify(*files.signature, files.name, with);
  for (size_t i = 0; i < together.signatures.size(); ++i) {
    // One that passes without the act is of something else.
    const bool of_act = i < alone.signatures.size() && !Passes(alone.signatures[i]);
    act.state =
        std::max(act.state, of_act ? judge.Of(together.signatures[i]) : ActState::kPartial);
  }
  return act;
}

}  // namespace sceau::delegations
