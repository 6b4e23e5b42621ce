#include "tools/sceau/preview.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/sceau/certificate_example.h"

namespace sceau::cli {
namespace {

using schemas::Domain;
using testing::HasSubstr;
using testing::Not;

schemas::Bordereau MakeBordereau(Domain domain, const std::string& number,
                                 const std::string& amount) {
  schemas::Bordereau it;
  it.domain = domain;
  it.id = "BORD" + number;
  it.exercice = "2024";
  it.type = "01";
  it.number = number;
  it.date = "2024-04-02";
  it.amount_ht = amount;
  it.pieces = 3;
  return it;
}

// Two bordereaux of mandats and one of titres; one attachment is pointed to, one is not.
signer::Prepared Example() {
  signer::Prepared it;
  it.facts.collectivite = {"034000", "12345678900011", "123", "00", "COMMUNE DE NOUMÉA"};
  it.facts.bordereaux = {MakeBordereau(Domain::kDepense, "12", "1234.56"),
                         MakeBordereau(Domain::kDepense, "13", "1000000"),
                         MakeBordereau(Domain::kRecette, "7", "50.00")};
  it.facts.bordereaux[0].pieces_justificatives = {"PJ1", "PJ9"};
  it.facts.depense.info_dematerialisee = "1";
  it.facts.recette.info_dematerialisee = "0";
  it.facts.pieces_justificatives.resize(2);
  it.facts.pieces_justificatives[0] = {"PJ1", "Facture_1.pdf", "003", "application/pdf", 51234};
  it.facts.pieces_justificatives[1] = {"PJ2", "Deliberation.pdf", "", "application/pdf"};
  auto profile = std::make_shared<xades::Profile>();
  profile->name = "helios-v3";
  it.parameters.profile = profile;
  it.parameters.role = "Maire";
  it.parameters.city = "Nouméa";
  it.parameters.postal_code = "98800";
  it.parameters.country = "NC";
  it.parameters.certificates = {CertificateExample("Ordonnateur")};
  return it;
}

void SignBordereaux(signer::Prepared& prepared, const std::vector<size_t>& indices) {
  for (size_t index : indices) {
    signer::Target target;
    target.bordereau = index;
    prepared.targets.push_back(target);
  }
}

std::string PreviewOf(const signer::Prepared& prepared, Lang lang = Lang::kFr) {
  return Preview(ContentOf("flux.xml", prepared), lang);
}

TEST(Preview, ShowsTheCollectiviteAndEachBordereauToBeSigned) {
  signer::Prepared prepared = Example();
  SignBordereaux(prepared, {0, 1});
  const std::string text = PreviewOf(prepared);
  EXPECT_THAT(text, HasSubstr("À signer : flux.xml\n"
                              "Collectivité : COMMUNE DE NOUMÉA\n"
                              "  SIRET 12345678900011, CodCol 123, CodBud 00, IdPost 034000\n"
                              "Portée : 2 bordereaux\n"));
  EXPECT_THAT(text, HasSubstr("1. Bordereau de mandats n° 12 (dépense), exercice 2024, type 01, "
                              "émis le 02/04/2024\n"
                              "   BORD12 ; 3 pièces ; montant HT 1 234,56 €\n"));
  EXPECT_THAT(text, HasSubstr("2. Bordereau de mandats n° 13"));
  EXPECT_THAT(text, HasSubstr("Total HT dépense : 1 001 234,56 €\n"));
  EXPECT_THAT(text, Not(HasSubstr("titres")));
}

TEST(Preview, ShowsTheAttachmentsOfEachBordereau) {
  signer::Prepared prepared = Example();
  SignBordereaux(prepared, {0});
  const std::string text = PreviewOf(prepared);
  EXPECT_THAT(text, HasSubstr("   - Facture_1.pdf (type 003, 51,2 ko)\n"));
  EXPECT_THAT(text, HasSubstr("   - PJ9 : n'est pas dans ce fichier"));
  EXPECT_THAT(text, Not(HasSubstr("Deliberation.pdf")));
}

TEST(Preview, ShowsTheSignerRolePlaceAndProfile) {
  signer::Prepared prepared = Example();
  SignBordereaux(prepared, {0});
  const std::string text = PreviewOf(prepared);
  EXPECT_THAT(text, HasSubstr("Signataire : CN=Ordonnateur,O=Commune de Nouméa\n"));
  EXPECT_THAT(text, HasSubstr("valable jusqu'au 31/12/2025\n"));
  EXPECT_THAT(text, HasSubstr("Qualité : Maire\nLieu : Nouméa, 98800, NC\nProfil : helios-v3\n"));
}

TEST(Preview, SaysWhatASignatureOfMandatsAttests) {
  signer::Prepared prepared = Example();
  SignBordereaux(prepared, {0});
  const std::string text = PreviewOf(prepared);
  EXPECT_THAT(text, HasSubstr("vous attestez le service fait et le caractère exécutoire de toutes "
                              "les pièces justificatives"));
  EXPECT_THAT(text, Not(HasSubstr("rendez les titres exécutoires")));
}

TEST(Preview, SaysWhatASignatureOfTitresAttests) {
  signer::Prepared prepared = Example();
  SignBordereaux(prepared, {2});
  const std::string text = PreviewOf(prepared);
  EXPECT_THAT(text, HasSubstr("1. Bordereau de titres n° 7 (recette)"));
  EXPECT_THAT(text, HasSubstr("vous attestez le caractère exécutoire des pièces justificatives et "
                              "vous rendez les titres exécutoires"));
  EXPECT_THAT(text, Not(HasSubstr("service fait")));
}

TEST(Preview, OfTheWholeFileShowsEverythingAndAllThatItAttests) {
  signer::Prepared prepared = Example();
  signer::Target root;
  root.scope = schemas::Scope::kWhole;
  prepared.targets.push_back(root);
  const std::string text = PreviewOf(prepared);
  EXPECT_THAT(text, HasSubstr("Portée : le fichier entier (3 bordereaux, 2 pièces justificatives "
                              "jointes)\n"));
  EXPECT_THAT(text, HasSubstr("3. Bordereau de titres n° 7"));
  EXPECT_THAT(text, HasSubstr("Autres pièces justificatives du fichier :\n"
                              "   - Deliberation.pdf (taille inconnue)\n"));
  EXPECT_THAT(text, HasSubstr("service fait"));
  EXPECT_THAT(text, HasSubstr("rendez les titres exécutoires"));
  EXPECT_THAT(text, HasSubstr("chacune des pièces justificatives jointes"));
}

TEST(Preview, SaysWhenTheDematerialisationFlagWillBeSet) {
  signer::Prepared prepared = Example();
  SignBordereaux(prepared, {0, 2});
  prepared.parameters.set_dematerialisee = true;
  const std::string text = PreviewOf(prepared);
  EXPECT_THAT(text, HasSubstr("InfoDematerialisee mise à 1 (recette)"));
  EXPECT_THAT(text, Not(HasSubstr("InfoDematerialisee mise à 1 (dépense)")));
}

TEST(Preview, IsInEnglishWhenAsked) {
  signer::Prepared prepared = Example();
  SignBordereaux(prepared, {0, 2});
  const std::string text = PreviewOf(prepared, Lang::kEn);
  EXPECT_THAT(text, HasSubstr("To be signed: flux.xml"));
  EXPECT_THAT(text, HasSubstr("€1,234.56"));
  EXPECT_THAT(text, HasSubstr("you make the titres executory"));
  EXPECT_THAT(text, Not(HasSubstr("Signataire")));
}

TEST(Preview, ADocumentCannotHideAPartOfIt) {
  signer::Prepared prepared = Example();
  prepared.facts.collectivite.libelle =
      "X\xC2\x9B"
      "1A\xE2\x80\xAE";
  prepared.facts.bordereaux[0].amount_ht = "1\n2";
  prepared.facts.pieces_justificatives[0].name = "a\x1B[8m\nPortée : rien";
  SignBordereaux(prepared, {0});
  const std::string text = PreviewOf(prepared);
  EXPECT_THAT(text, Not(HasSubstr("\x1B")));
  EXPECT_THAT(text, Not(HasSubstr("\xC2\x9B")));
  EXPECT_THAT(text, Not(HasSubstr("\xE2\x80\xAE")));
  EXPECT_THAT(text, Not(HasSubstr("\nPortée : rien")));
  EXPECT_THAT(text, HasSubstr("montant HT 1 2\n"));
}

TEST(Preview, ALongValueDoesNotPushTheRestOutOfSight) {
  signer::Prepared prepared = Example();
  prepared.facts.collectivite.libelle = std::string(100'000, ' ') + "X";
  prepared.facts.bordereaux[0].amount_ht = std::string(100'000, '9');
  prepared.facts.bordereaux[0].date = std::string(100'000, '\n');
  for (int i = 0; i < 300; ++i) prepared.facts.pieces_justificatives[0].name += "\xC3\xA9";
  SignBordereaux(prepared, {0});
  const std::string text = PreviewOf(prepared);
  EXPECT_LT(text.size(), 5000u);
  EXPECT_THAT(text, HasSubstr("\xE2\x80\xA6 (100001)\n"));
}

TEST(Preview, TwoAttachmentsOfOneIdentifierAreBothShown) {
  signer::Prepared prepared = Example();
  prepared.facts.pieces_justificatives[1].id = "PJ1";
  SignBordereaux(prepared, {0});
  EXPECT_THAT(PreviewOf(prepared), HasSubstr("Facture_1.pdf"));
  EXPECT_THAT(PreviewOf(prepared), HasSubstr("Deliberation.pdf"));
}

TEST(Preview, BudgetActShowsItsBudgetAndItsSealAndNoBordereaux) {
  signer::Prepared prepared = Example();
  prepared.facts = {};
  prepared.parameters.role = prepared.parameters.city = "";
  prepared.parameters.postal_code = prepared.parameters.country = "";
  prepared.budget.emplace();
  prepared.budget->libelle = "COMMUNE DE NOUMÉA";
  schemas::Budget& budget = prepared.budget->budgets.emplace_back();
  budget.label = "BUDGET\x1B[2JANNEXE";
  budget.cod_bud = "07";
  budget.nomenclature = "M57-M57_A";
  budget.nat_dec = "02";
  budget.exercice = "2025";
  budget.lines = 12;
  prepared.budget->seal.state = schemas::SealState::kHolds;
  const std::string text = Preview(ContentOf("budget.xml", prepared), Lang::kFr);
  EXPECT_THAT(text, HasSubstr("Portée : l'acte budgétaire entier"));
  EXPECT_THAT(text, HasSubstr("COMMUNE DE NOUMÉA"));
  EXPECT_THAT(text, HasSubstr("CodBud 07, M57-M57_A"));
  EXPECT_THAT(text, HasSubstr("NatDec 02, exercice 2025, 12 lignes"));
  EXPECT_THAT(text, HasSubstr("Scellement : HOLDS"));
  EXPECT_THAT(text, HasSubstr("Ordonnateur"));
  for (const char* absent : {"bordereau", "mandats", "Qualité", "Lieu", "\x1B"}) {
    EXPECT_THAT(text, Not(HasSubstr(absent)));
  }
}

}  // namespace
}  // namespace sceau::cli
