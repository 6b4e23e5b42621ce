// P-34: what is trusted, and what for. Without an anchor nothing passes, and an anchor that is
// trusted for something else is none.
#include "verifier/trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/verifier/forgery.h"

namespace sceau::test {
namespace {

using testing::Contains;
using verifier::TrustAnchors;
using verifier::Verdict;

class Trust : public testing::Test {
 protected:
  Trust() { document_ = *signing_.Sign(Generate(SmallSpec()), signing_.Parameters()); }

  // With the test root and these limits beside it.
  verifier::FileReport Judge(const std::string& limits) {
    const TemporaryFolder folder;
    folder.Write("root.pem", PemOf(signing_.pki().root()));
    if (!limits.empty()) folder.Write("root.toml", limits);
    return signing_.VerifyWith(document_, folder.path());
  }
  void ExpectNone(const std::string& limits) {
    const auto report = Judge(limits);
    EXPECT_EQ(report.verdict, Verdict::kIndeterminate) << limits;
    EXPECT_EQ(report.signatures[0].sub_indication, "NO_CERTIFICATE_CHAIN_FOUND");
    EXPECT_THAT(Codes(report.signatures[0]), Contains("ANCHOR_NOT_FOR_THIS"));
  }
  static Reason ReasonOfLimits(const std::string& limits) {
    const TestPki pki;
    const TemporaryFolder folder;
    folder.Write("root.pem", PemOf(pki.root()));
    folder.Write("root.toml", limits);
    return ReasonOf(TrustAnchors::Load({folder.path()}).status()).value_or(Reason::kInternal);
  }

  Signing signing_;
  std::string document_;
};

TEST_F(Trust, P34_AnchorOfTheDocumentsKindAlone) {
  EXPECT_EQ(Judge("").verdict, Verdict::kTotalPassed);
  EXPECT_EQ(Judge("version = 1\ndocuments = [\"PES_ALLER\"]\n").verdict, Verdict::kTotalPassed);
  ExpectNone("version = 1\ndocuments = [\"BUDGET_ACT\", \"PES_ACQUIT\"]\n");
}

TEST_F(Trust, P34_AnchorOfThePurposeAlone) {
  EXPECT_EQ(Judge("version = 1\npurposes = [\"signature\"]\n").verdict, Verdict::kTotalPassed);
  ExpectNone("version = 1\npurposes = [\"time-stamping\"]\n");
}

TEST_F(Trust, P34_AnchorOfItsDaysAlone) {
  EXPECT_EQ(Judge("version = 1\nfrom = \"2025-01-01\"\nuntil = \"2025-01-02\"\n").verdict,
            Verdict::kTotalPassed);
  ExpectNone("version = 1\nuntil = \"2025-01-01\"\n");
  ExpectNone("version = 1\nfrom = \"2025-01-02\"\n");
}

TEST_F(Trust, LimitsThatCannotBeReadAreNotOverlooked) {
  for (const char* limits :
       {"", "version = 2\n", "version = 1\nkinds = [\"PES_ALLER\"]\n",
        "version = 1\ndocuments = []\n", "version = 1\ndocuments = [\"PES\"]\n",
        "version = 1\npurposes = [\"everything\"]\n", "version = 1\nuntil = \"tomorrow\"\n",
        "not toml"}) {
    EXPECT_EQ(ReasonOfLimits(limits), Reason::kTrustUnreadable) << limits;
  }
}

TEST_F(Trust, LimitsWhoseFileIsGoneAreNotOverlooked) {
  const TemporaryFolder folder;
  folder.Write("root.pem", PemOf(signing_.pki().root()));
  std::filesystem::create_symlink(folder.path() + "/gone", folder.path() + "/root.toml");
  EXPECT_EQ(ReasonOf(TrustAnchors::Load({folder.path()}).status()), Reason::kTrustUnreadable);
}

TEST_F(Trust, P34_BundleWithABadBlockIsNotReadInPart) {
  const TestPki other;
  const std::string pem = PemOf(signing_.pki().root());
  std::string bad = PemOf(other.root());
  bad[bad.find('\n') + 5] = '!';
  const TemporaryFolder folder;
  const auto load = [&](const std::string& content) {
    return TrustAnchors::Load({folder.Write("bundle.pem", content)});
  };
  EXPECT_EQ((*load(pem + "text between\n" + PemOf(other.root())))->anchors().size(), 2u);
  EXPECT_EQ(ReasonOf(load(pem + bad).status()), Reason::kTrustUnreadable);
  EXPECT_EQ(ReasonOf(load(bad + pem).status()), Reason::kTrustUnreadable);
  EXPECT_EQ(ReasonOf(load(pem + bad + PemOf(other.issuing())).status()), Reason::kTrustUnreadable);
  EXPECT_EQ(ReasonOf(load(signing_.pki().root() + "x").status()), Reason::kTrustUnreadable);
}

TEST_F(Trust, LimitsAreWrittenAsTheyAreRead) {
  verifier::TrustLimits limits;
  EXPECT_EQ(LimitsText(limits), "");
  limits.documents = {"PES_ALLER", "BUDGET_ACT"};
  limits.purposes = {"signature"};
  limits.until = absl::FromCivil(absl::CivilDay(2030, 1, 1), absl::UTCTimeZone());
  const auto read = verifier::ParseLimits(LimitsText(limits), "x");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(LimitsText(*read), LimitsText(limits));
  EXPECT_EQ(read->until, limits.until);
}

}  // namespace
}  // namespace sceau::test
