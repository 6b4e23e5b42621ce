// Budget acts: sealed first, signed after, and each judged by itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "schemas/seal_file.h"
#include "tests/signer/signing_support.h"
#include "tests/support/budget_document.h"

namespace sceau::test {
namespace {

using signer::Selection;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using verifier::Integrity;
using verifier::Verdict;

class BudgetAct : public testing::Test {
 protected:
  StatusOr<std::string> Seal(const std::string& document) const {
    OutputFile out = OutputFile::Unnamed(signing_.folder().path());
    SCEAU_RETURN_IF_ERROR(
        schemas::WriteSeal(signing_.AsFile(document), kSigningTime, out).status());
    SCEAU_ASSIGN_OR_RETURN(const InputFile written, out.Reread());
    return written.Slice(0, static_cast<size_t>(written.size()));
  }
  std::string Sealed(const BudgetSpec& spec = {}) const {
    auto sealed = Seal(MakeBudgetAct(spec));
    EXPECT_TRUE(sealed.ok()) << sealed.status();
    return sealed.value_or("");
  }
  signer::SignatureParameters Parameters() const {
    auto parameters = signing_.Parameters("budget-act");
    parameters.selection.what = Selection::What::kWhole;
    return parameters;
  }
  std::string Signed(const std::string& document) {
    auto out = signing_.Sign(document, Parameters());
    EXPECT_TRUE(out.ok()) << out.status();
    return out.value_or("");
  }
  void ExpectRefused(const std::string& document, const signer::SignatureParameters& parameters,
                     Reason reason, const std::string& detail) {
    const auto out = signing_.Sign(document, parameters);
    EXPECT_EQ(ReasonOf(out.status()), reason) << out.status();
    EXPECT_THAT(DetailOf(out.status()), HasSubstr(detail));
  }
  static auto HasRule(const std::string& rule) {
    return Contains(Field(&schemas::Finding::rule, rule));
  }
  Signing signing_;
};

TEST_F(BudgetAct, SealThenSignThenBothHold) {
  for (const bool latin1 : {true, false}) {
    for (const char* line_end : {"\n", "\r\n", ""}) {
      for (const char* prefix : {"", "db"}) {
        BudgetSpec spec;
        spec.latin1 = latin1;
        spec.line_end = line_end;
        spec.prefix = prefix;
        const std::string sealed = Sealed(spec);
        const std::string document = Signed(sealed);
        EXPECT_EQ(Undo(document, signing_.outcome().edits), sealed);
        const auto report = signing_.VerifyTrusted(document);
        EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
        EXPECT_EQ(report.kind, schemas::Kind::kBudgetAct);
        ASSERT_EQ(report.signatures.size(), 1u);
        const auto signature = report.signatures[0];
        EXPECT_EQ(signature.scope, schemas::Scope::kWhole);
        EXPECT_EQ(signature.level, "B");
        EXPECT_EQ(signature.xades_namespace, "http://uri.etsi.org/01903/v1.3.2#");
        EXPECT_EQ(signature.claimed_role, "Maire de Saint-Élodie");
        EXPECT_EQ(signature.city, "Saint-Élodie");
        EXPECT_THAT(report.findings, HasRule("SEAL_HOLDS_WITHOUT_SIGNATURES"));
      }
    }
  }
}

TEST_F(BudgetAct, SignatureIsTheLastChildAndNamesTheWholeDocument) {
  const std::string document = Signed(Sealed());
  EXPECT_THAT(document, HasSubstr("</ds:Signature></DocumentBudgetaire>"));
  EXPECT_THAT(document, HasSubstr("<ds:Reference Id=\"SIG_1_REF\" URI=\"\">"));
  EXPECT_THAT(document, HasSubstr("<xad:SigningCertificateV2>"));
  EXPECT_THAT(document, HasSubstr("ObjectReference=\"#SIG_1_REF\"><xad:MimeType>text/xml<"));
  EXPECT_THAT(document, Not(HasSubstr("SignaturePolicyIdentifier")));
}

TEST_F(BudgetAct, RoleAndPlaceMayBeLeftOut) {
  auto parameters = Parameters();
  parameters.role = parameters.city = parameters.postal_code = parameters.country = "";
  const auto document = signing_.Sign(Sealed(), parameters);
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(signing_.VerifyTrusted(*document).verdict, Verdict::kTotalPassed);
}

TEST_F(BudgetAct, SealingASignedActIsRefused) {
  EXPECT_EQ(ReasonOf(Seal(Signed(Sealed())).status()), Reason::kAlreadySigned);
  EXPECT_EQ(ReasonOf(Seal(Signed(MakeBudgetAct())).status()), Reason::kAlreadySigned);
}

TEST_F(BudgetAct, SigningTwiceIsRefused) {
  ExpectRefused(Signed(Sealed()), Parameters(), Reason::kAlreadySigned, "");
}

TEST_F(BudgetAct, AChangeBreaksSealAndSignature) {
  const std::string altered = absl::StrReplaceAll(Signed(Sealed()), {{"100.00", "900.00"}});
  const auto report = signing_.VerifyTrusted(altered);
  EXPECT_EQ(report.verdict, Verdict::kTotalFailed);
  EXPECT_EQ(report.signatures[0].integrity, Integrity::kBroken);
  EXPECT_THAT(report.findings, HasRule("SEAL_BROKEN"));
}

TEST_F(BudgetAct, AnActSealedAnewKeepsNoSignature) {
  // Someone changes a signed act and makes the seal right again: the seal holds, the signature not.
  const std::string document = Signed(Sealed());
  const std::string altered = absl::StrReplaceAll(document, {{"100.00", "900.00"}});
  const size_t at = altered.find("<ds:Signature ");
  const size_t end = altered.find("</DocumentBudgetaire>");
  const std::string without = altered.substr(0, at) + altered.substr(end);
  std::string forged = Seal(without).value_or("");
  forged.insert(forged.find("</DocumentBudgetaire>"), altered.substr(at, end - at));
  const auto report = signing_.VerifyTrusted(forged);
  EXPECT_THAT(report.findings, HasRule("SEAL_HOLDS_WITHOUT_SIGNATURES"));
  EXPECT_EQ(report.signatures[0].integrity, Integrity::kBroken);
  EXPECT_EQ(report.verdict, Verdict::kTotalFailed);
}

TEST_F(BudgetAct, WhatStandsAroundTheRootIsCovered) {
  BudgetSpec spec;
  spec.around = "<?outil a?><!-- c -->";
  const std::string document = Signed(Sealed(spec));
  const auto report = signing_.VerifyTrusted(document);
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
  EXPECT_THAT(report.findings, HasRule("SEAL_HOLDS_WITHOUT_SIGNATURES"));
  const std::string altered = absl::StrReplaceAll(document, {{"<?outil a?>", "<?outil b?>"}});
  const auto broken = signing_.VerifyTrusted(altered);
  EXPECT_EQ(broken.verdict, Verdict::kTotalFailed);
  EXPECT_THAT(broken.findings, HasRule("SEAL_BROKEN"));
}

TEST_F(BudgetAct, AnActThatWasNeverSealedIsSignedAndReportedSo) {
  const auto report = signing_.VerifyTrusted(Signed(MakeBudgetAct()));
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
  EXPECT_THAT(report.findings, HasRule("SEAL_ABSENT"));
}

TEST_F(BudgetAct, WhatAReceiverWouldRefuseIsNotSigned) {
  const auto refused = [&](const std::string& document, const std::string& rule) {
    ExpectRefused(document, Parameters(), Reason::kBudgetActRefused, rule);
  };
  refused(absl::StrReplaceAll(Sealed(), {{"100.00", "900.00"}}), "SEAL_BROKEN");
  BudgetSpec spec;
  spec.budgets = 2;
  refused(MakeBudgetAct(spec), "BUDGET_COUNT 2");
  spec.budgets = 0;
  refused(MakeBudgetAct(spec), "BUDGET_COUNT 0");
  spec = {};
  spec.id_post = "";
  refused(MakeBudgetAct(spec), "ID_POST_MISSING");
}

TEST_F(BudgetAct, OnlyTheWholeOfItAndOnlyWithAProfileForIt) {
  auto parameters = Parameters();
  parameters.selection.what = Selection::What::kAll;
  ExpectRefused(Sealed(), parameters, Reason::kNothingToSign, "BUDGET_ACT");
  parameters.selection = {Selection::What::kListed, {"DEPENSE:2024:01:1"}};
  ExpectRefused(Sealed(), parameters, Reason::kNothingToSign, "BUDGET_ACT");
  parameters = signing_.Parameters();
  parameters.selection.what = Selection::What::kWhole;
  ExpectRefused(Sealed(), parameters, Reason::kDocumentNotSupported, "helios-v3, BUDGET_ACT");
  ExpectRefused(Generate({}), Parameters(), Reason::kDocumentNotSupported, "budget-act, PES_ALLER");
}

// Elements of a PES inside a budget act are nothing to sign and set no flag.
TEST_F(BudgetAct, HoldsNoBordereaux) {
  BudgetSpec spec;
  spec.more_lines =
      "<PES_DepenseAller xmlns=\"\"><EnTeteDepense><InfoDematerialisee V=\"0\"/></EnTeteDepense>"
      "<Bordereau Id=\"B1\"></Bordereau></PES_DepenseAller>";
  const std::string sealed = absl::StrReplaceAll(
      Sealed(spec), {{"</BlocEditeur>", spec.more_lines + "</BlocEditeur>"},
                                {spec.more_lines, ""}});
  const std::string resealed = *Seal(sealed);
  auto parameters = Parameters();
  parameters.set_dematerialisee = true;
  const std::string beside = absl::StrReplaceAll(
      Sealed(spec), {{" <Budget>", spec.more_lines + " <Budget>"}, {spec.more_lines, ""}});
  EXPECT_EQ(ReasonOf(signing_.Sign(*Seal(beside), parameters).status()), Reason::kRuleBroken);
  const auto document = signing_.Sign(resealed, parameters);
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(signing_.outcome().edits.size(), 1u);
  EXPECT_EQ(signing_.VerifyTrusted(*document).verdict, Verdict::kTotalPassed);
  parameters.selection.what = Selection::What::kAll;
  ExpectRefused(resealed, parameters, Reason::kNothingToSign, "");
}

}  // namespace
}  // namespace sceau::test
