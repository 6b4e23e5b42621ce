// A budget act with one fault has exactly that finding, at its place.
#include "schemas/budget_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_replace.h"
#include "schemas/inspection.h"
#include "tests/support/budget_document.h"
#include "tests/support/shared_folder.h"

namespace sceau::schemas {
namespace {

using test::BudgetSpec;
using test::MakeBudgetAct;
using test::SharedFolder;

Inspection InspectionOf(const std::string& document) {
  OutputFile out = OutputFile::Unnamed();
  EXPECT_TRUE(out.Append(document).ok());
  const auto inspection = Inspect(*out.Reread());
  EXPECT_TRUE(inspection.ok()) << inspection.status();
  return inspection.value_or(Inspection());
}

// "SEVERITY RULE line value detail", the state of the seal left out.
std::vector<std::string> Findings(const std::string& document) {
  std::vector<std::string> out;
  for (const Finding& it : InspectionOf(document).anomalies) {
    if (it.rule.rfind("SEAL_", 0) == 0) continue;
    EXPECT_NE(Describe(it, Lang::kFr).rfind(it.rule, 0), 0u) << it.rule << " has no sentence";
    out.push_back(std::string(NameOf(it.severity)) + " " + it.rule + " " +
                  std::to_string(it.place.line) + " " + it.value + it.detail);
  }
  return out;
}

TEST(BudgetRules, ASoundActHasNoFinding) {
  EXPECT_THAT(Findings(MakeBudgetAct()), testing::IsEmpty());
}

struct Fault {
  std::string name;
  BudgetSpec spec;
  std::string finding;
};

std::vector<Fault> Faults() {
  std::vector<Fault> out;
  const auto add = [&](const std::string& name, const std::string& finding) -> BudgetSpec& {
    out.push_back({name, {}, finding});
    return out.back().spec;
  };
  add("NoBudget", "WARNING BUDGET_COUNT 6 0").budgets = 0;
  add("TwoBudgets", "WARNING BUDGET_COUNT 6 2").budgets = 2;
  add("NoIdPost", "ERROR ID_POST_MISSING 6 ").id_post = "";
  add("NoIdColl", "ERROR ID_COLL_MISSING 6 ").id_coll = "";
  add("NatDec", "ERROR NAT_DEC_UNKNOWN 21 04").nat_dec = "04";
  add("Nomenclature", "ERROR NOMENCLATURE_MALFORMED 18 M57").nomenclature = "M57";
  add("NomenclatureOfTwo", "ERROR NOMENCLATURE_MALFORMED 18 M57-M14").nomenclature = "M57-M14";
  BudgetSpec& cfu = add("CfuOfM14", "WARNING NOMENCLATURE_WITHOUT_CFU 18 M14-M14_COM");
  cfu.nomenclature = "M14-M14_COM";
  cfu.nat_dec = "10";
  add("NoLines", "ERROR BUDGET_WITHOUT_LINES 12 BUDGET 0").lines = 0;
  add("Chapter", "ERROR BUDGET_LINE_TOTAL 49 011").more_lines =
      "<LigneBudget><Nature V=\"011\"/></LigneBudget>";
  add("NoNature", "ERROR BUDGET_LINE_TOTAL 49 ").more_lines = "<LigneBudget/>";
  add("NatureInWords", "ERROR BUDGET_LINE_TOTAL 49 TOTAL").more_lines =
      "<LigneBudget><Nature V=\"TOTAL\"/></LigneBudget>";
  add("NoSummary", "WARNING ANNEX_SUMMARY_MISSING 12 BUDGET 0").summary = false;
  add("NoAnnexThatIsListed", "WARNING ANNEX_MISSING 50 IV-A2.1").annex_table = false;
  add("NoAnnexListed", "WARNING ANNEX_NOT_IN_SUMMARY 56 DATA_EMPRUNT").annex_present = false;
  return out;
}

class OneFault : public testing::TestWithParam<Fault> {};

TEST_P(OneFault, IsTheOnlyFinding) {
  EXPECT_THAT(Findings(MakeBudgetAct(GetParam().spec)), testing::ElementsAre(GetParam().finding));
}

INSTANTIATE_TEST_SUITE_P(Budget, OneFault, testing::ValuesIn(Faults()),
                         [](const auto& tested) { return tested.param.name; });

TEST(BudgetRules, ContradictorySummaryIsFound) {
  const std::string line = "<SOMMAIRE><CodeAnnexe V=\"IV-A2.1\"/><Present V=\"false\"/></SOMMAIRE>";
  const std::string document =
      absl::StrReplaceAll(MakeBudgetAct(), {{"</DATA_SOMMAIRE>", line + "</DATA_SOMMAIRE>"}});
  EXPECT_THAT(Findings(document),
              testing::ElementsAre("WARNING ANNEX_SUMMARY_CONTRADICTORY 55 IV-A2.1"));
}

TEST(BudgetRules, PartsThatAreMadeOfTheLinesAndTablesOfWhoSignsAreNoAnnexes) {
  BudgetSpec spec;
  spec.annex = "II-A1";
  spec.annex_table = false;
  EXPECT_THAT(Findings(MakeBudgetAct(spec)), testing::IsEmpty());
  spec.annex_present = false;
  const std::string signers =
      "<DATA_SIGNATAIRE><SIGNATAIRE><Signataire V=\"x\"/></SIGNATAIRE></DATA_SIGNATAIRE></Annexes>";
  EXPECT_THAT(Findings(absl::StrReplaceAll(MakeBudgetAct(spec), {{"</Annexes>", signers}})),
              testing::IsEmpty());
}

TEST(BudgetRules, EveryTotalIsCountedThoughOnlyTheFirstOnesHaveAPlace) {
  BudgetSpec spec;
  for (int i = 0; i < 150; ++i) spec.more_lines += "<LigneBudget/>\n";
  const auto findings = Findings(MakeBudgetAct(spec));
  ASSERT_EQ(findings.size(), 101u);
  EXPECT_EQ(findings.back(), "ERROR BUDGET_LINE_TOTAL 0 +50");
}

TEST(BudgetRules, AnActForSendingHasExactlyOneBudget) {
  BudgetFacts facts;
  facts.id_post = facts.id_coll = "1";
  const auto findings = CheckBudget(facts, BudgetUse::kSending);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].severity, Severity::kError);
}

TEST(BudgetRules, TooManyBudgetsAreRefused) {
  std::string document = "<DocumentBudgetaire xmlns=\"" + std::string(kBudgetNamespace) + "\">";
  for (size_t i = 0; i <= 1000; ++i) document += "<Budget/>";
  OutputFile out = OutputFile::Unnamed();
  ASSERT_TRUE(out.Append(document + "</DocumentBudgetaire>").ok());
  EXPECT_EQ(ReasonOf(Inspect(*out.Reread()).status()), Reason::kXmlLimitExceeded);
}

struct Genuine {
  const char* name;
  const char* nat_dec;
  int64_t lines;
};

class GenuineActs : public testing::TestWithParam<Genuine> {};

TEST_P(GenuineActs, AreReadAndFoundSound) {
  SCEAU_REQUIRE_SHARED("samples/budget");
  const auto file =
      InputFile::Open(SharedFolder() + "/samples/budget/" + GetParam().name, 16 << 20);
  ASSERT_TRUE(file.ok()) << file.status();
  const auto inspection = Inspect(*file);
  ASSERT_TRUE(inspection.ok()) << inspection.status();
  ASSERT_TRUE(inspection->budget.has_value());
  ASSERT_EQ(inspection->budget->budgets.size(), 1u);
  EXPECT_EQ(inspection->budget->budgets[0].nat_dec, GetParam().nat_dec);
  EXPECT_EQ(inspection->budget->budgets[0].lines, GetParam().lines);
  ASSERT_EQ(inspection->anomalies.size(), 1u);
  EXPECT_EQ(inspection->anomalies[0].rule, "SEAL_HOLDS");
}

INSTANTIATE_TEST_SUITE_P(
    Budget, GenuineActs,
    testing::Values(Genuine{"sealed-bp2022-transport.xml", "01", 123},
                    Genuine{"sealed-ca-2021.xml", "09", 196},
                    Genuine{"sealed-dm2-2021.xml", "02", 185},
                    Genuine{"sealed-cfu-2023.xml", "10", 796}),
    [](const auto& tested) {
      return absl::StrReplaceAll(std::string(tested.param.name), {{"-", "_"}, {".", "_"}});
    });

}  // namespace
}  // namespace sceau::schemas
