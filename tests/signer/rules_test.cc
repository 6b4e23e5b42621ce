// What the receiver would refuse is not signed; what it only remarks on is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/strings.h"
#include "schemas/check.h"
#include "schemas/schema_import.h"
#include "tests/signer/signing_support.h"
#include "tests/support/shared_folder.h"

namespace sceau::test {
namespace {

using signer::Selection;
using testing::HasSubstr;
using testing::StartsWith;

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

int64_t LineOf(const std::string& text, std::string_view what) {
  return 1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(text.find(what)), '\n');
}

class RulesBeforeSigning : public testing::Test {
 protected:
  RulesBeforeSigning() {
    spec_.depense = 2;
    spec_.attachments = 3;
  }

  std::string Document() const { return Generate(spec_); }
  signer::SignatureParameters Whole() const {
    auto parameters = signing_.Parameters();
    parameters.selection.what = Selection::What::kWhole;
    return parameters;
  }
  Status Prepare(const std::string& document, const signer::SignatureParameters& parameters) {
    auto prepared = signer::Prepare(signing_.AsFile(document), parameters);
    if (prepared.ok()) prepared_ = *std::move(prepared);
    return prepared.status();
  }
  // Both ways to sign, with the rule and its line.
  void ExpectBroken(const std::string& document, const std::string& rule, int64_t line,
                    int count = 1) {
    for (const auto& parameters : {signing_.Parameters(), Whole()}) {
      const Status status = Prepare(document, parameters);
      EXPECT_EQ(ReasonOf(status), Reason::kRuleBroken) << status;
      EXPECT_THAT(DetailOf(status), StartsWith(rule));
      EXPECT_THAT(DetailOf(status), HasSubstr(Concat("(1/", count, ")")));
      EXPECT_EQ(PlaceOf(status).line, line);
      EXPECT_GT(PlaceOf(status).column, 0);
    }
  }
  static std::shared_ptr<const schemas::CheckOptions> Rules(const std::string& folder) {
    auto options = schemas::LoadCheckOptions(folder, "");
    EXPECT_TRUE(options.ok()) << options.status();
    return std::make_shared<const schemas::CheckOptions>(*std::move(options));
  }

  gen::PesSpec spec_;
  Signing signing_;
  signer::Prepared prepared_;
};

TEST_F(RulesBeforeSigning, AFileThatKeepsThemIsPrepared) {
  EXPECT_EQ(Prepare(Document(), signing_.Parameters()), OkStatus());
  EXPECT_EQ(prepared_.warning_count, 0);
}

TEST_F(RulesBeforeSigning, ARuleOrTheSchemaBrokenIsNotSigned) {
  const struct {
    std::string from, to, rule;
  } rows[] = {
      {"<NbrPce V=\"3\"/>", "<NbrPce V=\"4\"/>", "NBRPCE_MISMATCH"},
      {"<Support V=\"01\"/>", "<Support V=\"02\"/>", "PJ_SUPPORT_CONTRADICTED"},
      {"<Edition V=\"04\"/>", "<Edition V=\"06\"/>", "EDITION_WITHOUT_ASAP"},
      {"MIMEType=\"application/pdf\"", "MIMEType=\"image/png\"", "ATTACHMENT_TYPE_MISMATCH"},
      {"<DteBordEm V=\"", "<DteBordEm V=\"le ", "SCHEMA_VALUE_TYPE"},
      {"<TypBord V=\"01\"/>", "", "SCHEMA_ELEMENT_UNEXPECTED"},
  };
  for (const auto& row : rows) {
    const std::string text = Replaced(Document(), row.from, row.to);
    // Where an element is missing the fault is the next one.
    const std::string at = row.to.empty() ? "<NbrPce" : row.to;
    const int64_t line =
        row.rule == "PJ_SUPPORT_CONTRADICTED" ? LineOf(text, at) - 1 : LineOf(text, at);
    ExpectBroken(text, row.rule, line);
  }
}

TEST_F(RulesBeforeSigning, TheFirstIsNamedAndAllAreCounted) {
  std::string text = Document();
  for (size_t at = 0; (at = text.find("<NbrPce V=\"3\"", at)) != std::string::npos;) {
    text.replace(at, 13, "<NbrPce V=\"4\"");
  }
  ExpectBroken(text, "NBRPCE_MISMATCH 4", LineOf(text, "<NbrPce"), 3);
}

TEST_F(RulesBeforeSigning, ALargeFileIsReadToItsEnd) {
  spec_.attachments = 4;
  spec_.attachment_size = 300'000;
  const std::string text = Document();
  const size_t last = text.rfind("MIMEType=\"application/pdf\"");
  std::string broken = text;
  broken.replace(last, 26, "MIMEType=\"image/jpeg\"");
  ExpectBroken(broken, "ATTACHMENT_TYPE_MISMATCH", LineOf(broken, "image/jpeg"));
  EXPECT_EQ(Prepare(text, Whole()), OkStatus());
}

TEST_F(RulesBeforeSigning, AnotherReasonGoesFirst) {
  const std::string broken = Replaced(Document(), "<NbrPce V=\"3\"/>", "<NbrPce V=\"4\"/>");
  EXPECT_EQ(ReasonOf(Prepare(Replaced(broken, "Id=\"BORDD0002\"", "Id=\"BORDD0001\""), Whole())),
            Reason::kDuplicateId);
  EXPECT_EQ(ReasonOf(Prepare(Replaced(broken, "<InfoDematerialisee V=\"1\"/>", ""), Whole())),
            Reason::kInfoDematerialiseeMissing);
}

TEST_F(RulesBeforeSigning, WarningsAreToldAndDoNotRefuse) {
  // The mandat's reference leads nowhere, and nothing refers to the document.
  const std::string text = Document();
  const size_t pj = text.find("<PES_PJ>");
  const std::string odd =
      text.substr(0, pj) + Replaced(text.substr(pj), "<IdUnique V=\"", "<IdUnique V=\"AUTRE");
  ASSERT_EQ(Prepare(odd, signing_.Parameters()), OkStatus());
  ASSERT_EQ(prepared_.warning_count, 2);
  EXPECT_EQ(prepared_.warnings[0].rule, "PJ_NOT_IN_FILE");
  EXPECT_EQ(prepared_.warnings[1].rule, "PJ_NOT_REFERENCED");
  EXPECT_TRUE(signing_.Sign(odd, signing_.Parameters()).ok());
}

TEST_F(RulesBeforeSigning, TheLocalAgreementRefusesOnlyWhenSetTo) {
  schemas::CheckOptions options;
  const auto agreements =
      schemas::ParseAgreements("[[agreement]]\nid_coll = \"00000000000000\"\n", "a.toml");
  ASSERT_TRUE(agreements.ok());
  options.agreements = *agreements;
  auto parameters = signing_.Parameters();
  parameters.rules = std::make_shared<const schemas::CheckOptions>(options);
  ASSERT_EQ(Prepare(Document(), parameters), OkStatus());
  ASSERT_EQ(prepared_.warning_count, 1);
  EXPECT_EQ(prepared_.warnings[0].rule, "AGREEMENT_MISSING");
  options.agreement_refuses = true;
  parameters.rules = std::make_shared<const schemas::CheckOptions>(options);
  const Status status = Prepare(Document(), parameters);
  EXPECT_EQ(ReasonOf(status), Reason::kRuleBroken);
  EXPECT_THAT(DetailOf(status), StartsWith("AGREEMENT_MISSING"));
}

TEST_F(RulesBeforeSigning, AFlagThatIsSetNeedsTheCumulativeAmounts) {
  spec_.dematerialisee = gen::Dematerialisee::kNo;
  auto parameters = signing_.Parameters();
  parameters.set_dematerialisee = true;
  const std::string text = Document();
  EXPECT_EQ(Prepare(text, parameters), OkStatus());
  const size_t at = text.find("<MtCumulAnnuel V=\"") + 18;
  std::string zero = text;
  zero.replace(at, text.find('"', at) - at, "0");
  const Status status = Prepare(zero, parameters);
  EXPECT_EQ(ReasonOf(status), Reason::kRuleBroken) << status;
  EXPECT_THAT(DetailOf(status), StartsWith("MT_CUMUL_ANNUEL_MISSING 0 BORDD0001 (1/1)"));
  EXPECT_EQ(PlaceOf(status).line, LineOf(zero, "<MtCumulAnnuel"));
}

// The usual dialect is not valid by the official schemas, and is what the accountant takes.
TEST_F(RulesBeforeSigning, WhatIsSignedAlreadyDoesNotKeepTheRestFromBeingSigned) {
  SCEAU_REQUIRE_SHARED("schemas");
  const TemporaryFolder sets;
  const auto set = schemas::ImportSchemaSet(
      {.source = SharedFolder() + "/schemas/schemas_pes_v5.17", .folder = sets.path()});
  ASSERT_TRUE(set.ok()) << set.status();
  auto parameters = signing_.Parameters();
  parameters.rules = Rules(sets.path());
  parameters.selection = {Selection::What::kListed, {"BORDD0001"}};
  const auto first = signing_.Sign(Document(), parameters);
  ASSERT_TRUE(first.ok()) << first.status();
  parameters.selection = {Selection::What::kListed, {"BORDD0002", "BORDR0001"}};
  const auto rest = signing_.Sign(*first, parameters);
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_EQ(signing_.VerifyTrusted(*rest).verdict, verifier::Verdict::kTotalPassed);
  // What the official set does not admit outside the signatures is refused.
  const std::string broken = Replaced(Document(), "<CodServ V=", "<CodeServ V=");
  EXPECT_EQ(Prepare(broken, signing_.Parameters()), OkStatus());  // the own set does not look there
  const Status status = Prepare(broken, parameters);
  EXPECT_EQ(ReasonOf(status), Reason::kRuleBroken) << status;
  EXPECT_THAT(DetailOf(status), StartsWith("SCHEMA_ELEMENT_UNEXPECTED"));
}

}  // namespace
}  // namespace sceau::test
