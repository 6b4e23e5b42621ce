#include "policy/decision.h"

#include <array>

namespace sceau::policy {
namespace {

struct CodeInfo {
  Code code;
  std::string_view name;
  Text sentence;
};

constexpr std::array kCodes = {
    CodeInfo{Code::kMandate,
             "MANDATE",
             {"Le signataire exerce lui-même la fonction.", "The signer holds the office."}},
    CodeInfo{Code::kDelegation,
             "DELEGATION",
             {"Cet acte de délégation fonde la signature.",
              "This act of delegation founds the signature."}},
    CodeInfo{Code::kJustified,
             "JUSTIFIED",
             {"Une justification accompagne la pièce justificative.",
              "A justification travels with the supporting document."}},
    CodeInfo{
        Code::kActNotVerified,
        "ACT_NOT_VERIFIED",
        {"L'acte de délégation n'a pas été vérifié.", "The act of delegation was not verified."}},
    CodeInfo{Code::kBudgetUnknown,
             "BUDGET_UNKNOWN",
             {"Aucun budget enregistré ne répond au SIRET, à CodCol et à CodBud.",
              "No recorded budget has this SIRET, CodCol and CodBud."}},
    CodeInfo{Code::kBudgetAmbiguous,
             "BUDGET_AMBIGUOUS",
             {"Plusieurs budgets enregistrés répondent au SIRET, à CodCol et à CodBud.",
              "Several recorded budgets have this SIRET, CodCol and CodBud."}},
    CodeInfo{Code::kElementUnknown,
             "ELEMENT_UNKNOWN",
             {"Le document ne contient pas ce bordereau, ou en contient plusieurs.",
              "The document has no such bordereau, or several."}},
    CodeInfo{Code::kNothingToDecide,
             "NOTHING_TO_DECIDE",
             {"Le document ne contient rien à attester.", "The document has nothing to attest."}},
    CodeInfo{Code::kLegalBasisMissing,
             "LEGAL_BASIS_MISSING",
             {"Aucune base légale n'est en vigueur à cet instant.",
              "No legal basis is in force at this instant."}},
    CodeInfo{Code::kCertificateUnbound,
             "CERTIFICATE_UNBOUND",
             {"Le certificat n'est attribué à personne.", "The certificate is bound to nobody."}},
    CodeInfo{Code::kCertificateKeyDiffers,
             "CERTIFICATE_KEY_DIFFERS",
             {"La clé n'est pas celle du certificat enregistré.",
              "The key is not that of the recorded certificate."}},
    CodeInfo{Code::kCertificateAmbiguous,
             "CERTIFICATE_AMBIGUOUS",
             {"Le certificat est attribué à plusieurs personnes.",
              "The certificate is bound to several persons."}},
    CodeInfo{Code::kCertificateEnded,
             "CERTIFICATE_ENDED",
             {"L'attribution du certificat ne vaut pas à cet instant.",
              "The certificate's binding does not hold at this instant."}},
    CodeInfo{Code::kCertificatePurpose,
             "CERTIFICATE_PURPOSE",
             {"Le certificat ne sert pas pour ce destinataire.",
              "The certificate does not serve for this destination."}},
    CodeInfo{
        Code::kCertificateNotValidated,
        "CERTIFICATE_NOT_VALIDATED",
        {"La DFiP n'a pas validé ce certificat.", "The DFiP has not validated this certificate."}},
    CodeInfo{Code::kNoAct,
             "NO_ACT",
             {"Ni mandat ni délégation au nom du signataire.",
              "Neither mandate nor delegation for the signer."}},
    CodeInfo{Code::kKindUnknown,
             "KIND_UNKNOWN",
             {"La nature de la pièce justificative n'est pas reconnue.",
              "The supporting document's kind is not recognised."}},
    CodeInfo{Code::kPieceAbsent,
             "PIECE_ABSENT",
             {"La pièce justificative n'est pas dans le fichier.",
              "The supporting document is not in the file."}},
    CodeInfo{
        Code::kPieceOutside,
        "PIECE_OUTSIDE",
        {"La pièce justificative est hors de la compétence du signataire et rien ne la justifie.",
         "The supporting document is outside the signer's competence and nothing justifies it."}},
    CodeInfo{Code::kActNotCarried,
             "ACT_NOT_CARRIED",
             {"L'acte de délégation n'est ni joint ni cité.",
              "The act of delegation is neither attached nor cited."}},
    CodeInfo{Code::kJustificationFails,
             "JUSTIFICATION_FAILS",
             {"Cette justification ne vaut pas.", "This justification does not count."}},
    CodeInfo{
        Code::kNotInForceYet, "NOT_IN_FORCE_YET", {"Pas encore en vigueur.", "Not in force yet."}},
    CodeInfo{Code::kEnded, "ENDED", {"Terme échu.", "Its term is past."}},
    CodeInfo{Code::kRevoked, "REVOKED", {"Abrogé.", "Revoked."}},
    CodeInfo{Code::kNotExecutory,
             "NOT_EXECUTORY",
             {"Publication ou transmission manquante : l'acte est sans effet.",
              "Not published or not transmitted: the act has no effect."}},
    CodeInfo{Code::kNotExecutoryYet,
             "NOT_EXECUTORY_YET",
             {"L'acte n'était pas encore exécutoire.", "The act was not yet executory."}},
    CodeInfo{Code::kOtherCollectivite,
             "OTHER_COLLECTIVITE",
             {"Il vaut pour une autre collectivité.", "It is for another collectivité."}},
    CodeInfo{Code::kOtherBudget,
             "OTHER_BUDGET",
             {"Il vaut pour d'autres budgets.", "It is for other budgets."}},
    CodeInfo{Code::kOtherMatter,
             "OTHER_MATTER",
             {"Il vaut pour d'autres matières.", "It is for other matters."}},
    CodeInfo{Code::kOtherPower,
             "OTHER_POWER",
             {"Il ne donne pas ce pouvoir.", "It does not give this power."}},
    CodeInfo{Code::kOtherKind,
             "OTHER_KIND",
             {"Il ne couvre pas cette nature de pièce justificative.",
              "It does not cover this kind of supporting document."}},
    CodeInfo{Code::kOtherBordereauType,
             "OTHER_BORDEREAU_TYPE",
             {"Il ne couvre pas ce type de bordereau.", "It does not cover this bordereau type."}},
    CodeInfo{
        Code::kPieceCeiling,
        "PIECE_CEILING",
        {"Un mandat ou un titre dépasse le plafond.", "A mandat or titre exceeds the ceiling."}},
    CodeInfo{Code::kBordereauCeiling,
             "BORDEREAU_CEILING",
             {"Le bordereau dépasse le plafond.", "The bordereau exceeds the ceiling."}},
    CodeInfo{Code::kAmountUnknown,
             "AMOUNT_UNKNOWN",
             {"Un plafond est fixé et le montant est inconnu.",
              "There is a ceiling and the amount is unknown."}},
    CodeInfo{Code::kHolderNotAbsent,
             "HOLDER_NOT_ABSENT",
             {"Il ne vaut qu'en cas d'absence, et aucune n'était déclarée.",
              "It applies in absence only, and none was declared."}},
    CodeInfo{Code::kDelegatorNotInOffice,
             "DELEGATOR_NOT_IN_OFFICE",
             {"Personne n'exerçait la fonction du délégant à la signature de l'acte.",
              "Nobody held the delegator's office when the act was signed."}},
    CodeInfo{Code::kDelegatorMandateEnded,
             "DELEGATOR_MANDATE_ENDED",
             {"Le mandat du délégant a pris fin.", "The delegator's mandate has ended."}},
    CodeInfo{Code::kDelegateOfficeEnded,
             "DELEGATE_OFFICE_ENDED",
             {"Le délégataire n'exerce pas la fonction requise.",
              "The delegate does not hold the office required."}},
    CodeInfo{
        Code::kDelegatorWithoutPower,
        "DELEGATOR_WITHOUT_POWER",
        {"Le délégant n'a pas lui-même ce pouvoir.", "The delegator does not hold this power."}},
    CodeInfo{Code::kSubDelegationNotGranted,
             "SUB_DELEGATION_NOT_GRANTED",
             {"L'acte d'origine ne permet pas de subdéléguer.",
              "The act above does not grant sub-delegation."}},
    CodeInfo{Code::kParentDoesNotApply,
             "PARENT_DOES_NOT_APPLY",
             {"L'acte d'origine ne vaut pas ici.", "The act above does not apply here."}},
    CodeInfo{Code::kActUnverified,
             "ACT_UNVERIFIED",
             {"L'acte n'est pas vérifié, et la collectivité exige qu'il le soit.",
              "The act is not verified, and the collectivité demands that it is."}},
};

const CodeInfo& InfoOf(Code code) {
  static_assert(kCodes.size() == static_cast<size_t>(Code::kActUnverified) + 1);
  return kCodes[static_cast<size_t>(code)];
}

constexpr bool InOrder() {
  for (size_t i = 0; i < kCodes.size(); ++i) {
    if (static_cast<size_t>(kCodes[i].code) != i) return false;
  }
  return true;
}
static_assert(InOrder());

}  // namespace

std::string_view NameOf(Answer answer) {
  constexpr std::array<std::string_view, 3> kNames = {"DENIED", "JUSTIFICATION_REQUIRED",
                                                      "PERMITTED"};
  return kNames[static_cast<size_t>(answer)];
}

std::string_view NameOf(Code code) { return InfoOf(code).name; }

std::optional<Code> CodeNamed(std::string_view name) {
  for (const CodeInfo& it : kCodes) {
    if (it.name == name) return it.code;
  }
  return std::nullopt;
}

bool Founds(Code code) {
  return code == Code::kMandate || code == Code::kDelegation || code == Code::kJustified;
}

Text SentenceOf(Code code) { return InfoOf(code).sentence; }

}  // namespace sceau::policy
