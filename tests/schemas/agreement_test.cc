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
      out.push_back(Concat(NameOf(it.severity), " ", it.rule, " ", it.place.line, " ", it.detail,
                           it.value));
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

TEST_F(AgreementTest, ABadRecordIsRefusedWithItsKey) {
  for (const char* text : {"[[agreement]]\nfrom = \"hier\"", "[[agreement]]\ndomains = [\"PAIE\"]",
                           "[[agreement]]\n[[agreement.kind]]\nname = \"(\"", "[[accord]]\n"}) {
    EXPECT_EQ(ReasonOf(ParseAgreements(text, "a.toml").status()), Reason::kConfigInvalid) << text;
  }
}

}  // namespace
}  // namespace sceau::schemas
