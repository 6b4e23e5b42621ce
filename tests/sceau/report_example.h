// A report with something of everything.
#pragma once

#include "verifier/report.h"

namespace sceau::cli {

inline verifier::SignatureReport ExampleSignature() {
  verifier::SignatureReport signature;
  signature.id = "S1";
  signature.level = "EPES";
  signature.scope = schemas::Scope::kBordereau;
  signature.of = "BORD12";
  signature.covers = {"/n:PES_Aller/PES_DepenseAller/Bordereau[1]"};
  signature.integrity = verifier::Integrity::kIntact;
  signature.sub_indication = "NO_CERTIFICATE_CHAIN_FOUND";
  signature.signer = verifier::SignerCertificate{"CN=Hélène Maire,O=Commune,C=FR", "CN=AC d'essai",
                                                 "42", std::string(64, 'e')};
  signature.claimed_time = "2018-07-04T15:19:45Z";
  signature.claimed_role = "Maire";
  signature.city = "Nouméa";
  signature.country = "NC";
  signature.policy_id = "urn:oid:1.2.3";
  signature.reasons = {{"CHAIN_NOT_TRUSTED", schemas::Severity::kError, "CN=AC d'essai"}};
  return signature;
}

// Indeterminate; one bordereau signed, one not, and parts that nothing covers.
inline verifier::FileReport ExampleReport() {
  verifier::FileReport it;
  it.file = "flux.xml";
  it.sha256 = std::string(64, 'a');
  it.kind = schemas::Kind::kPesAller;
  it.verdict = verifier::Verdict::kIndeterminate;
  it.validation_time = absl::FromUnixSeconds(1767225600);
  it.signatures.push_back(ExampleSignature());
  it.unsigned_elements = {
      {schemas::Scope::kBordereau, "BD2", verifier::UnsignedWhy::kNotDematerialised}};
  it.not_covered = {"/n:PES_Aller/EnTetePES", "/n:PES_Aller/PES_PJ"};
  it.findings = {{schemas::Severity::kWarning, "POSTAL_CODE_PADDED", {12, 5, ""}, ""}};
  return it;
}

inline verifier::FileReport ExampleReport(verifier::Verdict verdict,
                                          verifier::Indication indication) {
  verifier::FileReport it = ExampleReport();
  verifier::SignatureReport signature = ExampleSignature();
  signature.indication = indication;
  signature.sub_indication.clear();
  signature.reasons.clear();
  if (indication == verifier::Indication::kTotalFailed) {
    signature.integrity = verifier::Integrity::kBroken;
    signature.sub_indication = "HASH_FAILURE";
    signature.reasons = {{"CONTENT_ALTERED", schemas::Severity::kError, "BORD12"}};
  }
  it.verdict = verdict;
  it.signatures = {signature};
  return it;
}

inline verifier::FileReport RefusedReport() {
  verifier::FileReport it;
  it.file = "autre.xml";
  it.validation_time = absl::FromUnixSeconds(1767225600);
  it.refusal = Error(Reason::kDoctypeRefused, "<x>", {3, 7, ""});
  return it;
}

}  // namespace sceau::cli
