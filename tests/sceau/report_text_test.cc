#include "tools/sceau/report_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sceau::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

verifier::FileReport Example() {
  verifier::FileReport it;
  it.file = "flux.xml";
  it.sha256 = "ab";
  it.kind = schemas::Kind::kPesAller;
  it.verdict = verifier::Verdict::kIndeterminate;
  it.validation_time = absl::FromUnixSeconds(1767225600);
  verifier::SignatureReport signature;
  signature.id = "S1";
  signature.level = "EPES";
  signature.scope = schemas::Scope::kBordereau;
  signature.of = "BORD12";
  signature.covers = {"/n:PES_Aller/PES_DepenseAller/Bordereau[1]"};
  signature.integrity = verifier::Integrity::kIntact;
  signature.sub_indication = "NO_CERTIFICATE_CHAIN_FOUND";
  signature.signer = verifier::SignerCertificate{"CN=A", "CN=B", "42", "ef"};
  signature.claimed_time = "2018-07-04T15:19:45Z";
  signature.best_time = absl::FromUnixSeconds(1530748800);
  signature.claimed_role = "Maire";
  signature.city = "Nouméa";
  signature.country = "NC";
  signature.policy_id = "urn:oid:1.2.3";
  signature.policy_hash = verifier::PolicyHash::kDiffers;
  signature.reasons = {{"CHAIN_NOT_TRUSTED", schemas::Severity::kError, "CN=B"}};
  it.signatures.push_back(signature);
  it.unsigned_elements = {
      {schemas::Scope::kBordereau, "BD2", verifier::UnsignedWhy::kNotDematerialised}};
  it.not_covered = {"/n:PES_Aller/EnTetePES"};
  it.findings = {{schemas::Severity::kWarning, "POSTAL_CODE_PADDED", {12, 5, ""}, ""}};
  return it;
}

std::string TextOf(const std::vector<verifier::FileReport>& reports, Lang lang) {
  std::string text;
  for (const auto& it : reports) {
    WriteReportText(it, lang, [&](std::string_view piece) { text += piece; });
  }
  return text;
}

TEST(ReportText, SaysTheVerdictAndWhoSignedWhat) {
  const std::string text = TextOf({Example()}, Lang::kFr);
  EXPECT_THAT(text, HasSubstr("flux.xml : INDÉTERMINÉ [INDETERMINATE]\n"));
  EXPECT_THAT(text, HasSubstr("Jugé pour l'instant 2026-01-01T00:00:00Z\n"));
  EXPECT_THAT(text, HasSubstr("Signature S1 du bordereau BORD12 : INDÉTERMINÉE [INDETERMINATE, "
                              "NO_CERTIFICATE_CHAIN_FOUND]\n"));
  EXPECT_THAT(text, HasSubstr("Signataire : CN=A\n"));
  EXPECT_THAT(text, HasSubstr("Couvre : /n:PES_Aller/PES_DepenseAller/Bordereau[1]\n"));
  EXPECT_THAT(text, HasSubstr("erreur CHAIN_NOT_TRUSTED : "));
}

TEST(ReportText, SaysThatTimeRoleAndPlaceAreClaimed) {
  const std::string text = TextOf({Example()}, Lang::kFr);
  EXPECT_THAT(text, HasSubstr("Date déclarée par le signataire (non prouvée) : "
                              "2018-07-04T15:19:45Z\n"));
  EXPECT_THAT(text, HasSubstr("Qualité déclarée : Maire\n"));
  EXPECT_THAT(text, HasSubstr("Lieu déclaré : Nouméa, NC\n"));
  EXPECT_THAT(text, HasSubstr("Politique : urn:oid:1.2.3 (inconnue, empreinte différente)\n"));
}

TEST(ReportText, SaysWhatIsUnsignedWhatIsNotCoveredAndWhatWasFound) {
  const std::string text = TextOf({Example()}, Lang::kFr);
  EXPECT_THAT(text, HasSubstr("BORDEREAU BD2 : non dématérialisé : signé sur papier\n"));
  EXPECT_THAT(text, HasSubstr("Couvert par aucune signature :\n    /n:PES_Aller/EnTetePES\n"));
  EXPECT_THAT(text, HasSubstr("avertissement POSTAL_CODE_PADDED (ligne 12, colonne 5) : "));
}

TEST(ReportText, ARefusedFileSaysOnlyWhy) {
  verifier::FileReport refused;
  refused.file = "bombe.xml";
  refused.refusal = Error(Reason::kDoctypeRefused);
  const std::string text = TextOf({Example(), refused}, Lang::kFr);
  EXPECT_THAT(text, HasSubstr("\nbombe.xml : REFUSÉ [REFUSED]\n  Le document contient une "
                              "déclaration DOCTYPE"));
}

TEST(ReportText, IsInEnglishWhenAsked) {
  const std::string text = TextOf({Example()}, Lang::kEn);
  EXPECT_THAT(text, HasSubstr("flux.xml: INDETERMINATE [INDETERMINATE]\n"));
  EXPECT_THAT(text,
              HasSubstr("Existed at the latest (proven by a time stamp): 2018-07-05T00:00:00"));
  EXPECT_THAT(text, HasSubstr("Time claimed by the signer (not proven): 2018"));
  EXPECT_THAT(text, Not(HasSubstr("déclar")));
}

TEST(ReportText, ADocumentCannotForgeAVerdictLine) {
  verifier::FileReport report = Example();
  verifier::SignatureReport signature = report.signatures[0];
  signature.claimed_role = "Maire\nflux.xml : VALIDE [TOTAL_PASSED]\x1B[1A";
  report.signatures = {signature};
  const std::string text = TextOf({report}, Lang::kFr);
  EXPECT_THAT(text, Not(HasSubstr("\nflux.xml : VALIDE")));
  EXPECT_THAT(text, Not(HasSubstr("\x1B")));
}

TEST(ReportText, ManyFilesEndWithATable) {
  const std::vector<FileOutcome> files = {{"a.xml", verifier::Verdict::kTotalPassed, 3},
                                          {"b\n.xml", verifier::Verdict::kNoSignature, 0},
                                          {"c.xml", verifier::Verdict::kTotalPassed, 12}};
  std::string text;
  WriteSummaryText(files, Lang::kFr, [&](std::string_view piece) { text += piece; });
  EXPECT_EQ(text,
            "  VALIDE                 3  a.xml\n"
            "  AUCUNE SIGNATURE       0  b .xml\n"
            "  VALIDE                12  c.xml\n"
            "\n  Fichiers : 3, VALIDE 2, AUCUNE SIGNATURE 1\n");
}

}  // namespace
}  // namespace sceau::cli
