// A proof from outside that a file existed counts as a time stamp over all of it, and for no other
// file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file_digest.h"
#include "tests/support/pes_attachments.h"
#include "tests/support/test_revocation.h"
#include "tests/verifier/forgery.h"

namespace sceau::test {
namespace {

using testing::Contains;
using testing::Not;
using verifier::ProofOfExistence;
using verifier::Verdict;

class ProofsOfExistence : public testing::Test {
 protected:
  ProofsOfExistence() : signing_(Leaf()) {
    document_ = *signing_.Sign(Generate(SmallSpec()), signing_.Parameters());
  }
  // Its end is a year away.
  LeafOptions Leaf() const {
    LeafOptions leaf;
    leaf.not_after = now_ + absl::Hours(24 * 365);
    return leaf;
  }
  std::string DigestOf(const std::string& document) const {
    return *Sha256Of(signing_.AsFile(document));
  }
  ProofOfExistence Proof(absl::Duration after) const {
    return {DigestOf(document_), now_ + after, "journal 42"};
  }
  verifier::FileReport Judge(const std::string& document, absl::Duration later,
                             std::vector<ProofOfExistence> proofs,
                             const std::vector<std::string>& crls = {}) const {
    verifier::VerifyOptions options;
    options.validation_time = now_ + later;
    options.trust = *verifier::TrustAnchors::Load({signing_.folder().path() + "/issuing.pem"});
    options.proofs = std::move(proofs);
    auto data = std::make_shared<verifier::RevocationData>();
    for (const std::string& crl : crls) EXPECT_TRUE(data->AddCrl(crl));
    options.revocation.given = data;
    return verifier::Verify(signing_.AsFile(document), "test", options);
  }
  void ExpectExpired(const verifier::FileReport& report) const {
    ASSERT_EQ(report.signatures.size(), 1u);
    EXPECT_EQ(report.verdict, Verdict::kIndeterminate);
    EXPECT_EQ(report.signatures[0].sub_indication, "OUT_OF_BOUNDS_NO_POE");
    EXPECT_FALSE(report.signatures[0].best_time.has_value());
    EXPECT_THAT(Codes(report.signatures[0]), Not(Contains("EXISTENCE_PROVEN_OUTSIDE")));
  }

  static constexpr absl::Duration kAfterTheEnd = absl::Hours(24 * 400);
  const absl::Time now_ = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  Signing signing_;
  std::string document_;
};

TEST_F(ProofsOfExistence, P36_AfterTheCertificatesEndTheProofCounts) {
  ExpectExpired(Judge(document_, kAfterTheEnd, {}));
  const auto report = Judge(document_, kAfterTheEnd, {Proof(absl::Hours(1))});
  ASSERT_EQ(report.signatures.size(), 1u);
  const auto signature = report.signatures[0];
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed) << testing::PrintToString(Codes(signature));
  EXPECT_EQ(signature.best_time, now_ + absl::Hours(1));
  EXPECT_EQ(signature.claimed_time, "2025-01-01T00:00:00Z");
  EXPECT_EQ(signature.level, "EPES") << "nothing was added to the signature";
  ASSERT_THAT(Codes(signature), Contains("EXISTENCE_PROVEN_OUTSIDE"));
  for (const auto& reason : signature.reasons) {
    if (reason.code != "EXISTENCE_PROVEN_OUTSIDE") continue;
    EXPECT_THAT(reason.detail, testing::HasSubstr("journal 42"));
  }
}

TEST_F(ProofsOfExistence, P36_RevokedAfterOrBeforeTheProof) {
  const auto judge = [&](absl::Duration revoked, std::vector<ProofOfExistence> proofs) {
    CrlOptions crl;
    crl.this_update = now_ + absl::Hours(24 * 10 - 1);
    crl.next_update = crl.this_update + absl::Hours(24);
    crl.revoked = {{signing_.certificate(), now_ + revoked, 1}};
    return Judge(document_, absl::Hours(24 * 10), std::move(proofs),
                 {MakeCrl(signing_.pki().issuing(), signing_.pki().issuing_key(), crl)});
  };
  EXPECT_EQ(judge(absl::Hours(24), {Proof(absl::Hours(1))}).verdict, Verdict::kTotalPassed);
  const auto without = judge(absl::Hours(24), {});
  EXPECT_EQ(without.verdict, Verdict::kIndeterminate);
  EXPECT_EQ(without.signatures[0].sub_indication, "REVOKED_NO_POE");
  const auto before = judge(-absl::Hours(1), {Proof(absl::Hours(1))});
  EXPECT_EQ(before.verdict, Verdict::kIndeterminate);
  EXPECT_EQ(before.signatures[0].sub_indication, "REVOKED_NO_POE");
}

TEST_F(ProofsOfExistence, P36_ProofOfAnotherFileIsNotUsed) {
  ProofOfExistence other = Proof(absl::Hours(1));
  other.sha256 = DigestOf(document_ + " ");
  ExpectExpired(Judge(document_, kAfterTheEnd, {other}));
  // Nor that of the file, for the file with one byte more.
  ExpectExpired(Judge(document_ + "\n", kAfterTheEnd, {Proof(absl::Hours(1))}));
  other.sha256.clear();
  ExpectExpired(Judge(document_, kAfterTheEnd, {other}));
}

TEST_F(ProofsOfExistence, P36_ProofFromTheFutureOrAfterTheEndProvesNothing) {
  ExpectExpired(Judge(document_, kAfterTheEnd, {Proof(kAfterTheEnd + absl::Hours(1))}));
  const auto late = Judge(document_, kAfterTheEnd, {Proof(kAfterTheEnd - absl::Hours(1))});
  EXPECT_EQ(late.verdict, Verdict::kIndeterminate);
  EXPECT_EQ(late.signatures[0].sub_indication, "OUT_OF_BOUNDS_NO_POE");
}

TEST_F(ProofsOfExistence, EarliestCounts) {
  const auto report =
      Judge(document_, kAfterTheEnd,
            {Proof(absl::Hours(24 * 390)), Proof(absl::Hours(2)), Proof(absl::Hours(3))});
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
  EXPECT_EQ(report.signatures[0].best_time, now_ + absl::Hours(2));
}

TEST_F(ProofsOfExistence, WhatTheFileHoldsExistedToo) {
  const std::string outer = WithAttachment(Generate(SmallSpec()), 0, "signed.xml", document_);
  const auto judge = [&](std::vector<ProofOfExistence> proofs) {
    verifier::VerifyOptions options;
    options.validation_time = now_ + kAfterTheEnd;
    options.trust = *verifier::TrustAnchors::Load({signing_.folder().path() + "/issuing.pem"});
    options.proofs = std::move(proofs);
    options.attachments = true;
    return verifier::Verify(signing_.AsFile(outer), "test", options);
  };
  ProofOfExistence proof = Proof(absl::Hours(1));
  proof.sha256 = DigestOf(outer);
  const auto report = judge({proof});
  ASSERT_EQ(report.attachments.size(), 1u);
  EXPECT_EQ(report.attachments[0].verdict, Verdict::kTotalPassed);
  EXPECT_EQ(report.attachments[0].signatures[0].best_time, now_ + absl::Hours(1));
  ExpectExpired(judge({}).attachments.at(0));
}

TEST_F(ProofsOfExistence, AlteredFileIsNotSaved) {
  const std::string altered = Replaced(document_, "<IdBord V=\"", "<IdBord V=\"9");
  ProofOfExistence proof = Proof(absl::Hours(1));
  proof.sha256 = DigestOf(altered);
  EXPECT_EQ(Judge(altered, absl::Hours(2), {proof}).verdict, Verdict::kTotalFailed);
}

}  // namespace
}  // namespace sceau::test
