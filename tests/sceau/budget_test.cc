// sceau budget seal, and a sealed act through inspect, sign and verify.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "base/json.h"
#include "tests/sceau/run_command.h"
#include "tests/support/budget_document.h"
#include "tests/support/soft_token.h"

namespace sceau::cli {
namespace {

using testing::HasSubstr;

constexpr const char* kPin = "73519264";

class BudgetSeal : public testing::Test {
 protected:
  BudgetSeal() : act_(folder_.Write("budget.xml", test::MakeBudgetAct())) {}
  Ended Run(const std::vector<std::string>& arguments) { return RunSceau(folder_, arguments); }
  Ended Check(const std::string& file) { return Run({"budget", "seal", "--check", file}); }
  TemporaryFolder folder_;
  const std::string act_;
  const std::string sealed_ = In(folder_, "sealed.xml");
};

TEST_F(BudgetSeal, ExitCodesOfTheCheck) {
  EXPECT_EQ(Check(act_).code, 3);
  ASSERT_EQ(Run({"budget", "seal", act_, "-o", sealed_}).code, 0);
  const Ended good = Check(sealed_);
  EXPECT_EQ(good.code, 0);
  EXPECT_THAT(good.out, HasSubstr("le scellement correspond [HOLDS]"));
  const std::string altered =
      folder_.Write("altered.xml", absl::StrReplaceAll(ReadFile(sealed_), {{"100.00", "900.00"}}));
  const Ended broken = Check(altered);
  EXPECT_EQ(broken.code, 1);
  EXPECT_THAT(broken.out, HasSubstr("[BROKEN]"));
  EXPECT_EQ(Check(folder_.Write("other.xml", "<a/>")).code, 65);
}

TEST_F(BudgetSeal, UseAndOutput) {
  EXPECT_EQ(Run({"budget", "seal", act_}).code, 64);
  EXPECT_EQ(Run({"budget", "seal", act_, "--check", "-o", sealed_}).code, 64);
  EXPECT_EQ(Run({"budget", "seal", act_, "-o", act_}).code, 73);
  EXPECT_EQ(ReadFile(act_), test::MakeBudgetAct());
  const Ended piped = Run({"budget", "seal", act_, "-o", "-"});
  EXPECT_EQ(piped.code, 0);
  EXPECT_EQ(Check(folder_.Write("piped.xml", piped.out)).code, 0);
}

TEST_F(BudgetSeal, JsonSaysWhatWasStatedAndComputed) {
  const Ended made = Run({"budget", "seal", act_, "-o", sealed_, "--json"});
  ASSERT_EQ(made.code, 0) << made.err;
  const Json json = Json::parse(made.out);
  EXPECT_EQ(json["state"], "HOLDS");
  EXPECT_EQ(json["stated"], json["computed"]);
  EXPECT_EQ(json["stated"]["md5"].get<std::string>().size(), 32u);
  EXPECT_EQ(json["edits"].size(), 1u);
  const Json checked = Json::parse(Run({"budget", "seal", "--check", act_, "--json"}).out);
  EXPECT_EQ(checked["state"], "ABSENT");
  EXPECT_TRUE(checked["date"].is_null());
}

TEST_F(BudgetSeal, HelpAndListOfVerbs) {
  EXPECT_THAT(Run({"--help"}).out, HasSubstr("sceau budget seal"));
  EXPECT_THAT(Run({"budget", "seal", "--help"}).out, HasSubstr("Utilisation : sceau budget seal"));
}

TEST_F(BudgetSeal, SealedThenSignedVerifiesAndIsNotSealedAgain) {
  ASSERT_EQ(Run({"budget", "seal", act_, "-o", sealed_}).code, 0);
  test::SoftTokens tokens;
  tokens.AddToken("Carte", kPin);
  test::TestPki pki;
  test::KeyOptions key;
  key.kind = test::KeyKind::kRsa2048;
  tokens.AddSigner("Carte", pki, key);
  pki.WriteAuthorities(folder_.path());
  const std::string config = folder_.Write(
      "sceau.toml", "modules = [\"" + test::SoftTokens::ModulePath() + "\"]\npin_source = \"" +
                        tokens.PinFile("Carte") + "\"\nkey = \"pkcs11:token=Carte\"\n");
  const std::string output = In(folder_, "signed.xml");
  const Ended sign =
      Run({"sign", sealed_, "-o", output, "--whole", "--profile", "budget-act", "--at",
           "2025-01-01T00:00:00Z", "--allow-test-clock", "--config", config});
  ASSERT_EQ(sign.code, 0) << sign.err;
  const Ended verify = Run({"verify", output, "--json", "--at", "2025-01-01T00:00:00Z", "--trust",
                            In(folder_, "root.pem")});
  EXPECT_EQ(verify.code, 0) << verify.out;
  const Json report = Json::parse(verify.out)["files"][0];
  EXPECT_EQ(report["verdict"], "TOTAL_PASSED");
  EXPECT_EQ(report["signatures"][0]["of"], "DocumentBudgetaire");
  EXPECT_EQ(report["findings"][0]["rule"], "SEAL_HOLDS_WITHOUT_SIGNATURES");
  EXPECT_EQ(Check(output).code, 0);
  const Ended again = Run({"budget", "seal", output, "-o", In(folder_, "again.xml")});
  EXPECT_EQ(again.code, 65);
  EXPECT_THAT(again.err, HasSubstr("déjà signé"));
  EXPECT_FALSE(std::filesystem::exists(In(folder_, "again.xml")));
  const Json inspected = Json::parse(Run({"inspect", output, "--json"}).out);
  EXPECT_EQ(inspected["kind"], "BUDGET_ACT");
  EXPECT_EQ(inspected["budgetAct"]["seal"]["state"], "HOLDS_WITHOUT_SIGNATURES");
  EXPECT_EQ(inspected["budgetAct"]["budgets"][0]["natDec"], "01");
  EXPECT_EQ(inspected["signatures"][0]["scope"], "WHOLE");
}

}  // namespace
}  // namespace sceau::cli
