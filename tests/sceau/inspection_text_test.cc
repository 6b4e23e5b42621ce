#include "tools/sceau/inspection_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sceau::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

schemas::Inspection Example() {
  schemas::Inspection it;
  it.kind = schemas::Kind::kPesAller;
  it.encoding = "ISO-8859-1";
  it.size = 222043;
  it.sha256 = "ab";
  it.pes.collectivite = {"034000", "12345678900011", "123", "00", "COMMUNE"};
  it.pes.depense.info_dematerialisee = "1";
  it.pes.bordereaux.resize(2);
  it.pes.bordereaux[0].exercice = "2024";
  it.pes.bordereaux[0].type = "01";
  it.pes.bordereaux[0].number = "12";
  it.pes.bordereaux[0].id = "BORD12";
  it.pes.bordereaux[0].date = "2024-04-02";
  it.pes.bordereaux[0].amount_ht = "1234.5";
  it.pes.bordereaux[0].pieces = 3;
  it.pes.bordereaux[0].signatures = 1;
  it.pes.bordereaux[1] = it.pes.bordereaux[0];
  it.pes.bordereaux[1].domain = schemas::Domain::kRecette;
  it.pes.bordereaux[1].signatures = 0;
  it.pes.pieces_justificatives.resize(1);
  it.pes.pieces_justificatives[0] = {"PJ1", "Facture\x1B[8m.pdf", "003", "application/pdf", 51234};
  it.pes.signatures = {{"S1", schemas::Scope::kBordereau, "BORD12"}};
  it.anomalies = {{schemas::Severity::kError, "RULE_X", {12, 5, ""}, ""}};
  return it;
}

TEST(InspectionText, SaysWhatIsInTheFile) {
  const std::string text = InspectionText("flux.xml", Example(), Lang::kFr);
  EXPECT_THAT(text, HasSubstr("flux.xml : PES_ALLER, ISO-8859-1, 222,0 ko\n"));
  EXPECT_THAT(text, HasSubstr("COMMUNE (SIRET 12345678900011, CodCol 123, CodBud 00, IdPost "
                              "034000)\n"));
  EXPECT_THAT(text, HasSubstr("DEPENSE:2024:01:12  Id BORD12  02/04/2024  3 pièces  1 234,50 €  "
                              "dématérialisé  signé\n"));
  EXPECT_THAT(text, HasSubstr("RECETTE:2024:01:12  Id BORD12  02/04/2024  3 pièces  1 234,50 €  "
                              "papier  non signé\n"));
  EXPECT_THAT(text, HasSubstr("type 003  51,2 ko\n"));
  EXPECT_THAT(text, HasSubstr("S1  BORDEREAU  BORD12\n"));
  EXPECT_THAT(text, HasSubstr("erreur RULE_X (ligne 12, colonne 5) : "));
  EXPECT_THAT(text, Not(HasSubstr("\x1B")));
}

TEST(InspectionText, SaysThatTheSignedFileHoldsAnUnsignedBordereau) {
  schemas::Inspection it = Example();
  it.pes.root_signatures = 1;
  EXPECT_THAT(InspectionText("f", it, Lang::kFr), HasSubstr("papier  dans le fichier signé\n"));
}

TEST(InspectionText, OfAnotherKindHasNoBordereaux) {
  schemas::Inspection it;
  it.kind = schemas::Kind::kPdf;
  it.size = 10;
  EXPECT_EQ(InspectionText("acte.pdf", it, Lang::kEn), "acte.pdf: PDF, 10 bytes\n  SHA-256 \n");
}

}  // namespace
}  // namespace sceau::cli
