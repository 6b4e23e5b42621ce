#include "tools/sceau/report_advice.h"

#include <algorithm>
#include <iterator>

namespace sceau::cli {
namespace {

constexpr Text kDoNotUse = {
    "N'utilisez pas ce fichier. Demandez à l'émetteur le fichier d'origine, tel qu'il l'a signé.",
    "Do not use this file. Ask its sender for the original, as it was signed."};
constexpr Text kMalformed = {
    "N'utilisez pas ce fichier : sa signature est construite de façon à pouvoir tromper. "
    "Signalez-le "
    "à l'émetteur.",
    "Do not use this file: its signature is built in a way that may deceive. Tell its sender."};
constexpr Text kSignAgain = {"Demandez au signataire de signer de nouveau, avec ce qui manque.",
                             "Ask the signer to sign again, with what is missing."};
constexpr Text kAnotherCertificate = {
    "Demandez une nouvelle signature, avec un certificat de signature en cours de validité.",
    "Ask for a new signature, with a signing certificate that is valid."};
constexpr Text kAddAuthority = {
    "Si vous faites confiance à l'autorité nommée : obtenez son certificat d'elle-même, comparez "
    "son "
    "empreinte, ajoutez-le (« sceau trust add »), ou mettez les listes de confiance à jour (« "
    "sceau "
    "trust refresh »), puis jugez de nouveau.",
    "If you trust the authority named: get its certificate from itself, compare the fingerprint, "
    "add "
    "it ('sceau trust add'), or bring the trusted lists up to date ('sceau trust refresh'), then "
    "judge again."};
constexpr Text kProveTheTime = {
    "Cherchez une preuve que la signature existait déjà avant cette date : un horodatage, un "
    "accusé "
    "de réception. La date qu'elle déclare n'en est pas une.",
    "Look for a proof that the signature existed before that date: a time stamp, a receipt. The "
    "date "
    "it claims is none."};
constexpr Text kCheckRevocation = {
    "Jugez de nouveau avec des données de révocation : « --online », ou « --revocation DOSSIER ».",
    "Judge again with revocation data: '--online', or '--revocation FOLDER'."};
constexpr Text kRevoked = {
    "N'acceptez pas cette signature, à moins d'une preuve qu'elle est antérieure à la révocation.",
    "Do not accept this signature, unless something proves that it is older than the revocation."};
constexpr Text kAskPolicy = {
    "Demandez au destinataire (le comptable) s'il admet cette politique de signature.",
    "Ask the receiver (the accountant) whether he admits this signature policy."};

constexpr Text kGiveContent = {
    "Donnez aussi le fichier que la signature couvre (« --content FICHIER »), puis jugez de "
    "nouveau.",
    "Give the file that the signature covers as well ('--content FILE'), then judge again."};
constexpr Text kCheckListed = {
    "La signature couvre une liste ; comparez à part ce que la liste désigne, ou demandez un "
    "document dont la signature couvre le contenu lui-même.",
    "The signature covers a list; compare what the list names by other means, or ask for a "
    "document "
    "whose signature covers the content itself."};

struct Advice {
  std::string_view code;
  const Text& text;
};

// By the code's beginning where several share it.
constexpr Advice kAdvice[] = {
    {"CONTENT_ALTERED", kDoNotUse},
    {"SIGNED_PROPERTIES_ALTERED", kDoNotUse},
    {"MANIFEST_CONTENT_ALTERED", kDoNotUse},
    {"CONTENT_NOT_GIVEN", kGiveContent},
    {"MANIFEST_CONTENT_NOT_GIVEN", kGiveContent},
    {"MANIFEST_NOT_FOLLOWED", kCheckListed},
    {"SIGNATURE_VALUE_WRONG", kDoNotUse},
    {"CHAIN_NOT_TRUSTED", kAddAuthority},
    {"ANCHOR_NOT_FOR_THIS", kAddAuthority},
    {"CERTIFICATE_EXPIRED", kProveTheTime},
    {"WEAK_ALGORITHM", kProveTheTime},
    {"CERTIFICATE_NOT_YET_VALID", kAnotherCertificate},
    {"CERTIFICATE_NOT_FOR_SIGNING", kAnotherCertificate},
    {"CHAIN_CONSTRAINTS", kAnotherCertificate},
    {"CERTIFICATE_REVOKED", kRevoked},
    {"AUTHORITY_REVOKED", kRevoked},
    {"CERTIFICATE_ON_HOLD", kCheckRevocation},
    {"REVOCATION_", kCheckRevocation},
    {"CRL_", kCheckRevocation},
    {"OCSP_", kCheckRevocation},
    {"POLICY_UNKNOWN", kAskPolicy},
    {"POLICY_HASH_DIFFERS", kAskPolicy},
    {"POLICY_MISSING", kSignAgain},
    {"SIGNING_TIME_MISSING", kSignAgain},
    {"ROLE_MISSING", kSignAgain},
    {"PLACE_MISSING", kSignAgain},
};

}  // namespace

std::string_view AdviceFor(const verifier::SignatureReason& reason, Lang lang) {
  if (reason.severity != schemas::Severity::kError) return {};
  const auto* found = std::find_if(std::begin(kAdvice), std::end(kAdvice), [&](const Advice& it) {
    return reason.code.starts_with(it.code);
  });
  // What is not listed is a fault of the signature's structure.
  return (found == std::end(kAdvice) ? kMalformed : found->text).In(lang);
}

}  // namespace sceau::cli
