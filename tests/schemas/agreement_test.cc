// What lies outside the local agreement, and nothing else.
#include "schemas/agreement.h"

#include <gtest/gtest.h>

#include "base/strings.h"
#include "schemas/check.h"
#include "tests/schemas/documents.h"
#include "tests/support/budget_document.h"

namespace sceau::schemas {
namespace {

using test::BudgetSpec;
using test::MakeBudgetAct;

class AgreementTest : public testing::Test {
 protected:
  AgreementTest() {
    gen::PesSpec spec;
    spec.attachments = 2;
    auto inspection = Inspect(AsFile(Generate(spec)));
    EXPECT_TRUE(inspection.ok()) << inspection.status();
    facts_ = std::move(inspection->pes);
  }
  std::vector<std::string> RulesUnder(const std::string& rest) {
    const auto agreements = ParseAgreements(
        Concat("[[agreement]]\nid_coll = \"", facts_.collectivite.id_coll, "\"\n", rest), "a.toml");
    EXPECT_TRUE(agreements.ok()) << agreements.status();
    std::vector<std::string> out;
    for (const Finding& it : CheckAgreement(facts_, *agreements)) out.push_back(it.rule);
    return out;
  }
  using Rules = std::vector<std::string>;

  PesFacts facts_;
};

TEST_F(AgreementTest, WhatItAdmitsIsNotSaid) {
  EXPECT_EQ(RulesUnder(""), Rules{});
  EXPECT_EQ(RulesUnder(Concat("id_post = \"", facts_.collectivite.id_post, "\"\nfrom = \"2020-01-01\"\n",
                              "domains = [\"DEPENSE\", \"RECETTE\"]\nbudgets = [\"",
                              facts_.collectivite.cod_bud,
                              "\"]\n[[agreement.kind]]\nmime_type = \"application/pdf\"\n")),
            Rules{});
}

TEST_F(AgreementTest, EachLimitIsSaidByItsRule) {
  EXPECT_EQ(RulesUnder("id_post = \"999999\""), Rules{"AGREEMENT_MISSING"});
  EXPECT_EQ(RulesUnder("budgets = [\"zz\"]"), Rules{"AGREEMENT_BUDGET"});
  EXPECT_EQ(RulesUnder("domains = [\"RECETTE\"]"), Rules{"AGREEMENT_DOMAIN"});
  EXPECT_EQ(RulesUnder("from = \"2099-01-01\""), (Rules{"AGREEMENT_TOO_EARLY", "AGREEMENT_TOO_EARLY"}));
  EXPECT_EQ(RulesUnder("[[agreement.kind]]\nmime_type = \"image/png\""),
            (Rules{"AGREEMENT_FORMAT", "AGREEMENT_FORMAT"}));
  EXPECT_EQ(RulesUnder("[[agreement.kind]]\nmime_type = \"application/pdf\"\nname = \"never\""),
            (Rules{"AGREEMENT_NAME", "AGREEMENT_NAME"}));
}

TEST(BudgetAgreement, OfficeCollectiviteAndBudgetAreThoseAgreedOn) {
  BudgetSpec spec;
  spec.budgets = 2;
  const auto said = [&](const std::string& agreement, bool refuses) {
    const auto agreements = ParseAgreements("[[agreement]]\n" + agreement, "a.toml");
    EXPECT_TRUE(agreements.ok()) << agreements.status();
    const auto check = CheckDocument(
        AsFile(MakeBudgetAct(spec)),
        {.catalog = CatalogOf(""), .agreements = *agreements, .agreement_refuses = refuses,
         .day = "2025-01-01"});
    EXPECT_TRUE(check.ok()) << check.status();
    std::vector<std::string> out;
    for (const Finding& it : check->findings) {
      if (it.rule.rfind("AGREEMENT_", 0) != 0) continue;
      out.push_back(Concat(NameOf(it.severity), " ", it.rule, " ", it.place.line, " ", it.value,
                           it.detail.empty() ? "" : " / ", it.detail));
    }
    return out;
  };
  using Said = std::vector<std::string>;
  const std::string coll = "id_coll = \"" + spec.id_coll + "\"\n";
  const std::string post = "id_post = \"" + spec.id_post + "\"\n";
  EXPECT_EQ(said(coll + post, true), Said{});
  EXPECT_EQ(said(coll + post + "budgets = [\"00\"]", false),
            Said{"WARNING AGREEMENT_BUDGET 63 01"});
  const std::string both = spec.id_coll + " / " + spec.id_post;
  EXPECT_EQ(said(coll + "id_post = \"034000\"", true), Said{"ERROR AGREEMENT_MISSING 6 " + both});
  EXPECT_EQ(said("id_coll = \"1\"\n" + post, false), Said{"WARNING AGREEMENT_MISSING 6 " + both});
}

// Of the two attachments of the file: the rules and what was found wrong with each.
class AgreedKinds : public AgreementTest {
 protected:
  AgreedKinds() {
    Piece(0).name = "Facture_1.pdf";
    Piece(1).name = "arrete.xml";
    Piece(1).mime_type = "text/xml";
  }
  PieceJustificative& Piece(size_t index) { return facts_.pieces_justificatives.at(index); }
  Rules Under(const std::string& kinds) { return RulesUnder("[[agreement.kind]]\n" + kinds); }
  // Of the first attachment: one kind for it, and one that takes the other.
  Rules OfTheFirst(const std::string& kind) {
    return Under(kind + "\n[[agreement.kind]]\nname = \"arrete.*\"\n");
  }
};

TEST_F(AgreedKinds, SeveralFormatsAndPatternsOfOneKind) {
  const std::string formats = "mime_type = [\"application/pdf\", \"text/xml\"]\n";
  EXPECT_EQ(Under(formats), Rules{});
  EXPECT_EQ(Under(formats + "name = [\"Facture_[0-9]+\\\\.pdf\", \"arrete\\\\.xml\"]"), Rules{});
  EXPECT_EQ(Under(formats + "name = [\"Facture_[0-9]+\\\\.pdf\"]"), Rules{"AGREEMENT_NAME"});
  EXPECT_EQ(Under("mime_type = [\"image/png\", \"text/xml\"]"), Rules{"AGREEMENT_FORMAT"});
  // A format of one kind with a pattern of another is neither.
  EXPECT_EQ(Under("mime_type = \"application/pdf\"\nname = \"arrete.*\"\n[[agreement.kind]]\n"
                  "mime_type = \"text/xml\""),
            Rules{"AGREEMENT_NAME"});
}

TEST_F(AgreedKinds, AKindMayHaveItsFirstDay) {
  ASSERT_FALSE(facts_.bordereaux.at(0).pieces_justificatives.empty());
  const std::string& day = facts_.bordereaux.at(0).date;
  const auto from = [](const std::string& it) {
    return "mime_type = \"application/pdf\"\nfrom = \"" + it + "\"";
  };
  EXPECT_EQ(OfTheFirst(from(day)), Rules{});
  EXPECT_EQ(OfTheFirst(from("2099-01-01")), Rules{"AGREEMENT_KIND_TOO_EARLY"});
  // Another kind takes it from the beginning.
  EXPECT_EQ(OfTheFirst(from("2099-01-01") + "\n[[agreement.kind]]\nname = \"Facture.*\""), Rules{});
  // What no bordereau of the file refers to has no day to be judged by.
  for (Bordereau& it : facts_.bordereaux) it.pieces_justificatives.clear();
  EXPECT_EQ(OfTheFirst(from("2099-01-01")), Rules{});
}

TEST_F(AgreementTest, ADomainMayHaveItsFirstDay) {
  const auto entry = [](const std::string& name, const std::string& from) {
    return "[[agreement.domain]]\nname = \"" + name + "\"\n" +
           (from.empty() ? "" : "from = \"" + from + "\"\n");
  };
  EXPECT_EQ(RulesUnder(entry("DEPENSE", "2020-01-01") + entry("RECETTE", "")), Rules{});
  EXPECT_EQ(RulesUnder(entry("DEPENSE", "2020-01-01") + entry("RECETTE", "2099-01-01")),
            Rules{"AGREEMENT_TOO_EARLY"});
  EXPECT_EQ(RulesUnder(entry("DEPENSE", "2020-01-01")), Rules{"AGREEMENT_DOMAIN"});
  // The later of the two days counts.
  EXPECT_EQ(
      RulesUnder("from = \"2099-01-01\"\n" + entry("DEPENSE", "2020-01-01") + entry("RECETTE", "")),
      (Rules{"AGREEMENT_TOO_EARLY", "AGREEMENT_TOO_EARLY"}));
  EXPECT_EQ(RulesUnder("domains = [\"DEPENSE\"]\n" + entry("RECETTE", "2099-01-01")),
            Rules{"AGREEMENT_TOO_EARLY"});
}

TEST_F(AgreementTest, TheRecordOfTheReceiverGoesBeforeThatOfAny) {
  const std::string any = "budgets = [\"zz\"]\n";
  const std::string own = Concat("[[agreement]]\nid_coll = \"", facts_.collectivite.id_coll,
                                 "\"\nid_post = \"", facts_.collectivite.id_post, "\"\n");
  EXPECT_EQ(RulesUnder(any), Rules{"AGREEMENT_BUDGET"});
  EXPECT_EQ(RulesUnder(any + own), Rules{});
}

TEST(AgreementRecords, OneThatStandsTwiceIsRefused) {
  const auto refusal = [](const std::string& text) {
    const Status status = ParseAgreements(text, "a.toml").status();
    return Concat(status.ok() ? "" : InfoOf(*ReasonOf(status)).name, " ", PlaceOf(status).line);
  };
  const std::string one = "[[agreement]]\nid_coll = \"1\"\n";
  const std::string post = "id_post = \"034000\"\n";
  EXPECT_EQ(refusal(one + one), "CONFIG_INVALID 3");
  EXPECT_EQ(refusal(one + post + one + one + post), "CONFIG_INVALID 6");
  EXPECT_EQ(refusal(one + post + one), " 0");
  EXPECT_EQ(refusal(one + "domains = [\"DEPENSE\", \"DEPENSE\"]"), "CONFIG_INVALID 1");
  EXPECT_EQ(refusal(one + "domains = [\"DEPENSE\"]\n[[agreement.domain]]\nname = \"DEPENSE\""),
            "CONFIG_INVALID 1");
}

TEST_F(AgreementTest, ABadRecordIsRefusedWithItsKey) {
  for (const char* text : {"[[agreement]]\nfrom = \"hier\"", "[[agreement]]\ndomains = [\"PAIE\"]",
                           "[[agreement]]\n[[agreement.kind]]\nname = \"(\"", "[[accord]]\n",
                           "[[agreement]]\n[[agreement.kind]]\nname = [\".*\", \"(\"]",
                           "[[agreement]]\n[[agreement.kind]]\nmime_type = [1]",
                           "[[agreement]]\n[[agreement.kind]]\nfrom = \"hier\"",
                           "[[agreement]]\n[[agreement.domain]]\nfrom = \"2024-01-01\"",
                           "[[agreement]]\n[[agreement.domain]]\nname = \"PAIE\""}) {
    EXPECT_EQ(ReasonOf(ParseAgreements(text, "a.toml").status()), Reason::kConfigInvalid) << text;
  }
}

}  // namespace
}  // namespace sceau::schemas
