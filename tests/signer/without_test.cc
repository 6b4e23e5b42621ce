// Signed, partly refused by the accountant, sent again without what was refused.
#include "schemas/without.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "schemas/check.h"
#include "tests/signer/signing_support.h"
#include "tools/gen/acquit.h"

namespace sceau::test {
namespace {

using schemas::Without;
using signer::Selection;
using testing::ElementsAre;
using testing::IsEmpty;

class AfterARefusal : public testing::Test {
 protected:
  AfterARefusal() {
    spec_.depense = 3;
    spec_.attachments = 12;
  }

  std::string Signed(Selection::What what) {
    auto parameters = signing_.Parameters();
    parameters.selection.what = what;
    const auto made = signing_.Sign(Generate(spec_), parameters);
    EXPECT_TRUE(made.ok()) << made.status();
    return *made;
  }
  std::string WithoutRefused(const std::string& document,
                             std::initializer_list<std::string_view> refusals) {
    gen::AcquitSpec answer;
    for (const std::string_view it : refusals) EXPECT_TRUE(gen::AddRefusal(it, answer).ok());
    const auto acquit = schemas::ReadAcquit(signing_.AsFile(*gen::AcquitText(spec_, answer)));
    EXPECT_TRUE(acquit.ok()) << acquit.status();
    OutputFile output = OutputFile::Unnamed();
    auto done = schemas::WriteWithout(signing_.AsFile(document), {.acquit = &*acquit}, output);
    EXPECT_TRUE(done.ok()) << done.status();
    done_ = *std::move(done);
    const auto written = output.Reread();
    return *written->Slice(0, static_cast<size_t>(written->size()));
  }
  void ExpectClean(const std::string& document) {
    schemas::CheckOptions options;
    options.catalog = *schemas::SchemaCatalog::Load("");
    options.before_signing = true;
    const auto check = schemas::CheckDocument(signing_.AsFile(document), options);
    ASSERT_TRUE(check.ok()) << check.status();
    for (const schemas::Finding& it : check->findings) {
      EXPECT_EQ(it.severity, schemas::Severity::kInfo) << it.rule << " " << it.place.line;
    }
  }
  std::vector<std::string> Dropped() const {
    std::vector<std::string> out;
    for (const Without::Dropped& it : done_.signatures) {
      out.push_back(Concat(NameOf(it.scope), " ", it.of));
    }
    return out;
  }

  gen::PesSpec spec_;
  Signing signing_;
  Without done_;
};

TEST_F(AfterARefusal, OnlyChangedBordereauxAreSignedAgain) {
  const std::string sent = Signed(Selection::What::kAll);
  const std::string again = WithoutRefused(sent, {"D2/3"});
  EXPECT_THAT(Dropped(), ElementsAre("BORDEREAU BORDD0002"));
  ExpectClean(again);
  // The signatures of the others hold as they were.
  const auto before = signing_.VerifyTrusted(again);
  EXPECT_EQ(before.verdict, verifier::Verdict::kIncomplete);
  EXPECT_EQ(before.signatures.size(), 3u);
  auto parameters = signing_.Parameters();
  parameters.selection = {Selection::What::kListed, {"BORDD0002"}};
  const auto signed_again = signing_.Sign(again, parameters);
  ASSERT_TRUE(signed_again.ok()) << signed_again.status();
  const auto report = signing_.VerifyTrusted(*signed_again);
  EXPECT_EQ(report.verdict, verifier::Verdict::kTotalPassed);
  EXPECT_EQ(report.signatures.size(), 4u);
}

TEST_F(AfterARefusal, WithoutItsSignatureABordereauIsTheUnsignedOneAgain) {
  const std::string unsigned_again = WithoutRefused(Generate(spec_), {"D2/3", "R1/1"});
  EXPECT_THAT(Dropped(), IsEmpty());
  const std::string signed_again =
      WithoutRefused(Signed(Selection::What::kAll), {"D2/3", "R1/1", "D1/1", "D3/1"});
  EXPECT_EQ(Dropped().size(), 4u);
  EXPECT_EQ(signed_again, WithoutRefused(Generate(spec_), {"D2/3", "R1/1", "D1/1", "D3/1"}));
}

TEST_F(AfterARefusal, TheSignatureOfTheWholeGoes) {
  const std::string again = WithoutRefused(Signed(Selection::What::kWhole), {"D1"});
  EXPECT_THAT(Dropped(), ElementsAre("WHOLE PESALLER1"));
  ExpectClean(again);
  auto parameters = signing_.Parameters();
  parameters.selection.what = Selection::What::kWhole;
  const auto signed_again = signing_.Sign(again, parameters);
  ASSERT_TRUE(signed_again.ok()) << signed_again.status();
  EXPECT_EQ(signing_.VerifyTrusted(*signed_again).verdict, verifier::Verdict::kTotalPassed);
}

}  // namespace
}  // namespace sceau::test
