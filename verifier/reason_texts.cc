#include "base/strings.h"
#include "verifier/report.h"

namespace sceau::verifier {
namespace {

struct ReasonText {
  std::string_view code;
  Text text;
};

constexpr ReasonText kTexts[] = {
    {"SIGNATURE_STRUCTURE",
     {"La structure de la signature n'est pas celle de la norme.",
      "The signature's structure is not that of the standard."}},
    {"ALGORITHM_REFUSED",
     {"La signature emploie un algorithme refusé.", "The signature uses a refused algorithm."}},
    {"TRANSFORM_REFUSED",
     {"La signature emploie une transformation refusée.",
      "The signature uses a refused transform."}},
    {"TOO_MANY_REFERENCES",
     {"La signature a trop de références.", "The signature has too many references."}},
    {"KEY_INFO_REFUSED",
     {"La signature désigne sa clé d'une manière refusée.",
      "The signature names its key in a refused way."}},
    {"NO_CERTIFICATE_IN_SIGNATURE",
     {"La signature ne contient pas de certificat.", "The signature holds no certificate."}},
    {"CERTIFICATE_UNREADABLE",
     {"Un certificat de la signature est illisible.",
      "A certificate of the signature cannot be read."}},
    {"SIGNING_CERTIFICATE_NOT_NAMED",
     {"La signature ne nomme pas le certificat du signataire.",
      "The signature does not name the signer's certificate."}},
    {"SIGNING_CERTIFICATE_NOT_FOUND",
     {"Le certificat que la signature nomme n'est pas joint.",
      "The certificate the signature names is not there."}},
    {"ISSUER_SERIAL_MISMATCH",
     {"Le numéro de série nommé n'est pas celui du certificat.",
      "The serial number named is not the certificate's."}},
    {"ISSUER_NAME_DIFFERS",
     {"Le nom de l'émetteur nommé diffère de celui du certificat.",
      "The issuer's name differs from the certificate's."}},
    {"REFERENCE_REFUSED",
     {"La signature renvoie à un contenu d'une manière refusée.",
      "The signature refers to content in a refused way."}},
    {"REFERENCE_NOT_AT_ALLOWED_PATH",
     {"L'élément signé n'est pas à l'endroit admis (le parent de la signature).",
      "The referenced element is not at an allowed path (the signature's parent)."}},
    {"SIGNED_PROPERTIES_NOT_SIGNED",
     {"Les propriétés signées ne sont pas couvertes par la signature.",
      "The signed properties are not covered by the signature."}},
    {"TOO_MANY_SIGNATURES",
     {"L'élément porte plus de signatures qu'il n'en est jugé.",
      "The element carries more signatures than are judged."}},
    {"SIGNATURE_MISPLACED",
     {"La signature se trouve à un endroit que le format n'admet pas.",
      "The signature stands where the format does not admit one."}},
    {"DUPLICATE_ID",
     {"L'Id que la signature désigne figure deux fois dans le fichier.",
      "The Id the signature refers to stands twice in the file."}},
    {"CANONICALISATION_FAILED",
     {"La forme canonique ne peut pas être calculée.", "The canonical form cannot be made."}},
    {"CONTENT_ALTERED",
     {"Le contenu signé a été modifié après la signature.",
      "The signed content was changed after signing."}},
    {"SIGNED_PROPERTIES_ALTERED",
     {"L'empreinte des propriétés signées ne correspond pas.",
      "The digest of the signed properties does not match."}},
    {"ENVELOPED_ON_OWN_PART",
     {"La signature applique « enveloped-signature » à ses propres propriétés, que son producteur "
      "a lues entières.",
      "The signature applies enveloped-signature to its own properties, which its producer read "
      "whole."}},
    {"SIGNATURE_VALUE_WRONG",
     {"La valeur de la signature n'est pas celle de ce certificat.",
      "The signature value is not this certificate's."}},
    {"CHAIN_NOT_TRUSTED",
     {"Aucune chaîne ne mène du certificat à une ancre de confiance.",
      "No chain leads from the certificate to a trust anchor."}},
    {"CERTIFICATE_EXPIRED",
     {"Un certificat de la chaîne est expiré à la date de validation, et rien ne prouve que la "
      "signature est antérieure.",
      "A certificate of the chain has expired at the validation time, and nothing proves that the "
      "signature is older."}},
    {"CERTIFICATE_NOT_YET_VALID",
     {"Un certificat de la chaîne n'est pas encore valide à la date de validation.",
      "A certificate of the chain is not yet valid at the validation time."}},
    {"CHAIN_CONSTRAINTS",
     {"La chaîne de certificats ne respecte pas une contrainte.",
      "The certificate chain breaks a constraint."}},
    {"CERTIFICATE_NOT_FOR_SIGNING",
     {"Le certificat n'est pas un certificat de signature.",
      "The certificate is not a signing certificate."}},
    {"WEAK_ALGORITHM",
     {"La signature repose sur un algorithme qui n'est plus sûr.",
      "The signature rests on an algorithm that is no longer safe."}},
    {"WEAK_CERTIFICATE_DIGEST",
     {"Le certificat est nommé par une empreinte qui n'est plus sûre.",
      "The certificate is named by a digest that is no longer safe."}},
    {"POLICY_MISSING",
     {"La signature ne renvoie pas à la politique de signature.",
      "The signature does not refer to the signature policy."}},
    {"POLICY_UNKNOWN",
     {"La politique de signature n'est pas connue.", "The signature policy is not known."}},
    {"POLICY_HASH_DIFFERS",
     {"L'empreinte de la politique de signature n'est pas celle de la politique publiée.",
      "The signature policy's hash is not that of the published policy."}},
    {"POLICY_HASH_PADDING",
     {"L'empreinte de la politique est écrite sans son remplissage.",
      "The policy's hash is written without its padding."}},
    {"BLANKS_AROUND_VALUE",
     {"Une valeur est entourée de blancs.", "A value is surrounded by blanks."}},
    {"SIGNING_TIME_MISSING", {"La date de signature manque.", "The signing time is missing."}},
    {"ROLE_MISSING", {"La qualité du signataire manque.", "The signer's role is missing."}},
    {"PLACE_MISSING",
     {"Le lieu de signature est incomplet.", "The place of signature is incomplete."}},
    {"CLAIMED_TIME_UNREADABLE",
     {"La date de signature déclarée est illisible.", "The claimed signing time cannot be read."}},
    {"CLAIMED_TIME_OUTSIDE_CERTIFICATE",
     {"La date de signature déclarée est hors de la validité du certificat.",
      "The claimed signing time is outside the certificate's validity."}},
    {"CLAIMED_TIME_IN_FUTURE",
     {"La date de signature déclarée est postérieure à la validation.",
      "The claimed signing time is later than the validation."}},
    {"REVOCATION_NOT_CHECKED",
     {"La révocation du certificat n'a pas été vérifiée.",
      "The certificate's revocation was not checked."}},
};

}  // namespace

std::string Describe(const SignatureReason& reason, Lang lang) {
  std::string text = reason.code;
  for (const ReasonText& entry : kTexts) {
    if (entry.code == reason.code) text = std::string(entry.text.In(lang));
  }
  if (!reason.detail.empty()) AppendTo(text, " [", reason.detail, "]");
  return text;
}

}  // namespace sceau::verifier
