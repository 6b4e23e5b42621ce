// What the préfecture answers to an act, and that another act's answer is none.
#include "schemas/acte_match.h"

#include <gtest/gtest.h>

#include "tests/schemas/documents.h"
#include "tests/support/acte_document.h"
#include "tests/support/budget_document.h"

namespace sceau::schemas {
namespace {

using test::MakeActe;
using test::MakeAnomaly;
using test::MakeReceipt;

ActeFacts FactsOf(const std::string& text) {
  auto facts = ReadActe(AsFile(text));
  EXPECT_TRUE(facts.ok()) << facts.status();
  return facts.ok() ? *std::move(facts) : ActeFacts();
}

TEST(ActeMatch, AReceiptAndAnAnomalyAnswerTheirAct) {
  const ActeFacts act = FactsOf(MakeActe());
  const ActeFacts receipt = FactsOf(MakeReceipt());
  EXPECT_EQ(*MatchActe(act, receipt), ActeAnswer::kReceived);
  EXPECT_EQ(receipt.reception_date, "2025-03-15");
  EXPECT_FALSE(receipt.identifier.empty());
  const ActeFacts anomaly = FactsOf(MakeAnomaly({}, "ligne 3 : valeur interdite"));
  EXPECT_EQ(*MatchActe(act, anomaly), ActeAnswer::kAnomaly);
  EXPECT_EQ(anomaly.anomaly_detail, "ligne 3 : valeur interdite");
}

TEST(ActeMatch, NumberDateAndNatureMustAllBeTheActs) {
  const ActeFacts act = FactsOf(MakeActe());
  const test::ActeSpec others[] = {
      {.number = "2025-018"}, {.date = "2025-03-13"}, {.nature = "2"}};
  const char* const names[] = {"NumeroInterne", "Date", "CodeNatureActe"};
  for (size_t i = 0; i < std::size(others); ++i) {
    for (const std::string& text : {MakeReceipt(others[i]), MakeAnomaly(others[i])}) {
      const auto matched = MatchActe(act, FactsOf(text));
      ASSERT_EQ(ReasonOf(matched.status()), Reason::kAcquitMismatch);
      EXPECT_EQ(DetailOf(matched.status()).rfind(names[i], 0), 0u);
    }
  }
}

TEST(ActeMatch, AnActWithoutANumberIsAnsweredByNothing) {
  const ActeFacts act = FactsOf(MakeActe({.number = ""}));
  EXPECT_EQ(ReasonOf(MatchActe(act, FactsOf(MakeReceipt({.number = ""}))).status()),
            Reason::kAcquitMismatch);
}

TEST(ActeMatch, OnlyAnActIsAnsweredAndOnlyByAnAnswer) {
  const ActeFacts act = FactsOf(MakeActe());
  const ActeFacts receipt = FactsOf(MakeReceipt());
  EXPECT_EQ(ReasonOf(MatchActe(act, act).status()), Reason::kDocumentUnknown);
  EXPECT_EQ(ReasonOf(MatchActe(receipt, receipt).status()), Reason::kDocumentUnknown);
}

TEST(OwnSet, KnowsBudgetActsAndActs) {
  const auto own = CatalogOf("");
  for (const std::string& text : {test::MakeBudgetAct(), MakeActe({.annexes = {"plan.pdf"}}),
                                  MakeActe({.prefix = ""}), MakeReceipt(), MakeAnomaly()}) {
    const Check check = CheckText(text, own);
    EXPECT_EQ(check.inspection.schema_set, "sceau") << text.substr(0, 200);
    EXPECT_EQ(check.nearest, "");
  }
}

TEST(OwnSet, RefusesWhatHasNotTheirForm) {
  const auto own = CatalogOf("");
  const std::string act = test::MakeBudgetAct();
  const std::string broken[] = {
      Replaced(act, "<VersionSchema V=\"113\"/>", ""),
      Replaced(Replaced(act, "<Annexes>", "<Annexe>"), "</Annexes>", "</Annexe>"),
      Replaced(MakeActe(), " actes:NumeroInterne=\"2025-017\"", ""),
      Replaced(MakeReceipt(), "DateReception=\"2025-03-15\"", "DateReception=\"hier\""),
  };
  for (size_t i = 0; i < std::size(broken); ++i) {
    const Check check = CheckText(broken[i], own);
    EXPECT_EQ(check.nearest, "sceau") << i;
    EXPECT_EQ(check.errors, 1) << i;
    EXPECT_GT(check.findings.at(0).place.line, 0) << i;
  }
}

}  // namespace
}  // namespace sceau::schemas
