// P-36, P-39: only a time stamp proves a time, and only one that is right in everything. The
// authority is that of the openssl program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/verifier/stamped_signature.h"

namespace sceau::test {
namespace {

using testing::Contains;
using testing::Not;
using verifier::Verdict;

class TimeStamps : public StampedSignature {};

TEST_F(TimeStamps, ProvenTimeIsReportedApartFromTheClaimedOne) {
  const auto report = Judge(With(Element(Token())));
  ASSERT_EQ(report.signatures.size(), 1u);
  const auto signature = report.signatures[0];
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed) << testing::PrintToString(Codes(signature));
  EXPECT_EQ(signature.level, "T");
  EXPECT_EQ(signature.claimed_time, "2025-01-01T00:00:00Z");
  ASSERT_TRUE(signature.best_time.has_value());
  EXPECT_GE(*signature.best_time, now_);
  EXPECT_LE(*signature.best_time, absl::Now() + absl::Seconds(3));
}

TEST_F(TimeStamps, P36_AfterTheCertificatesEndOnlyTheTimeStampProves) {
  const auto without = Judge(document_, kAfterTheEnd);
  EXPECT_EQ(without.signatures[0].sub_indication, "OUT_OF_BOUNDS_NO_POE");
  const auto with = Judge(With(Element(Token())), kAfterTheEnd);
  EXPECT_EQ(with.verdict, Verdict::kTotalPassed)
      << testing::PrintToString(Codes(with.signatures[0]));
}

TEST_F(TimeStamps, P36_SignatureOlderThanItsCertificate) {
  LeafOptions leaf = Leaf();
  leaf.not_before = now_ + absl::Hours(1);
  Signing early(leaf);
  auto parameters = early.Parameters();
  parameters.signing_time = now_ + absl::Minutes(90);
  const auto document = early.Sign(Generate(SmallSpec()), parameters);
  ASSERT_TRUE(document.ok()) << document.status();
  const std::string certificate = early.pki().Issue(tsa_key_.get(), TimeStampingLeaf());
  const std::string token = TimeStampAuthority(certificate, tsa_key_.get(), early.pki().issuing())
                                .Stamp(SignatureValueOctets(*document));
  verifier::VerifyOptions options;
  options.validation_time = now_ + absl::Hours(2);
  options.trust = *verifier::TrustAnchors::Load({early.folder().path() + "/issuing.pem"});
  const auto judge = [&](const std::string& text) {
    return verifier::Verify(early.AsFile(text), "test", options);
  };
  EXPECT_EQ(judge(*document).verdict, Verdict::kTotalPassed);
  const auto report = judge(With(Element(token), *document));
  ASSERT_EQ(report.signatures.size(), 1u);
  EXPECT_TRUE(report.signatures[0].best_time.has_value());
  EXPECT_EQ(report.signatures[0].indication, verifier::Indication::kIndeterminate);
  EXPECT_EQ(report.signatures[0].sub_indication, "NOT_YET_VALID");
  EXPECT_THAT(Codes(report.signatures[0]), Contains("PROVEN_TIME_BEFORE_CERTIFICATE"));
}

TEST_F(TimeStamps, P36_RevokedAfterOrBeforeTheProvenTime) {
  const std::string stamped = With(Element(Token()));
  const absl::Duration later = absl::Hours(24 * 10);
  const auto judge = [&](const std::string& document, absl::Duration revoked) {
    return Judge(document, later, "issuing.pem",
                 {Crl({{signing_.certificate(), now_ + revoked, 1}}, absl::Hours(24 * 10 - 1))});
  };
  EXPECT_EQ(judge(stamped, absl::Hours(24)).verdict, Verdict::kTotalPassed);
  const auto unstamped = judge(document_, absl::Hours(24));
  EXPECT_EQ(unstamped.signatures[0].sub_indication, "REVOKED_NO_POE");
  const auto before = judge(stamped, -absl::Hours(24));
  EXPECT_EQ(before.verdict, Verdict::kIndeterminate);
  EXPECT_EQ(before.signatures[0].sub_indication, "REVOKED_NO_POE");
}

TEST_F(TimeStamps, RevocationDataOlderThanTheProofSaysNothingOfIt) {
  const auto report = Judge(With(Element(Token())), absl::Hours(30), "issuing.pem",
                            {Crl({}, -absl::Hours(1))});  // outdated, and from before
  EXPECT_EQ(report.verdict, Verdict::kIndeterminate);
  EXPECT_EQ(report.signatures[0].sub_indication, "TRY_LATER");
}

TEST_F(TimeStamps, RevocationDataInTheSignatureIsRead) {
  const auto with_list = [&](const std::string& crl) {
    return With(Element(Token()) +
                "<xad:RevocationValues><xad:CRLValues><xad:EncapsulatedCRLValue>" + ToBase64(crl) +
                "</xad:EncapsulatedCRLValue></xad:CRLValues></xad:RevocationValues>");
  };
  const auto good = Judge(with_list(Crl({}, absl::Minutes(30))));
  EXPECT_EQ(good.verdict, Verdict::kTotalPassed)
      << testing::PrintToString(Codes(good.signatures[0]));
  EXPECT_EQ(good.signatures[0].level, "LT");
  EXPECT_THAT(Codes(good.signatures[0]), Not(Contains("REVOCATION_NOT_CHECKED")));
  const auto revoked = Judge(
      with_list(Crl({{signing_.certificate(), now_ - absl::Hours(1), 1}}, absl::Minutes(30))));
  EXPECT_EQ(revoked.signatures[0].sub_indication, "REVOKED_NO_POE");
}

TEST_F(TimeStamps, OcspResponseCountsAfterItsRespondersEnd) {
  const EvpPkeyHandle key = NewEcKey();
  LeafOptions leaf;
  leaf.key_usage = "critical,digitalSignature";
  leaf.extended_key_usage = "OCSPSigning";
  leaf.ocsp_no_check = true;
  leaf.not_after = now_ + absl::Hours(24 * 30);
  OcspOptions ocsp;
  ocsp.produced_at = ocsp.this_update = now_ + absl::Minutes(30);
  ocsp.next_update = ocsp.this_update + absl::Hours(24);
  const std::string response =
      MakeOcspResponse(signing_.certificate(), signing_.pki().issuing(),
                       signing_.pki().Issue(key.get(), leaf), key.get(), ocsp);
  const std::string document = With(
      Element(Token()) + "<xad:RevocationValues><xad:OCSPValues><xad:EncapsulatedOCSPValue>" +
      ToBase64(response) + "</xad:EncapsulatedOCSPValue></xad:OCSPValues></xad:RevocationValues>");
  // The time-stamping authority's own status comes from elsewhere.
  const auto judge = [&](absl::Duration later) {
    return Judge(document, later, "issuing.pem", {Crl({}, later - absl::Hours(1))});
  };
  for (const absl::Duration later : {absl::Hours(1), absl::Hours(24 * 60), kAfterTheEnd}) {
    const auto report = judge(later);
    EXPECT_EQ(report.verdict, Verdict::kTotalPassed)
        << later << testing::PrintToString(Codes(report.signatures[0]));
    EXPECT_EQ(report.signatures[0].level, "LT");
  }
}

// Both are trusted; the signer's until a day that has passed at the judgement.
TEST_F(TimeStamps, P36_AnchorThatEndedIsJudgedForTheProvenTime) {
  const TestPki authority;
  const std::string certificate = authority.Issue(tsa_key_.get(), TimeStampingLeaf());
  const std::string token =
      TimeStampAuthority(certificate, tsa_key_.get(), authority.issuing()).Stamp(octets_);
  const TemporaryFolder folder;
  folder.Write("time.pem", PemOf(authority.issuing()));
  folder.Write("signers.pem", PemOf(signing_.pki().issuing()));
  const absl::Time until = now_ + absl::Hours(24 * 2);
  folder.Write("signers.toml", "version = 1\nuntil = \"" +
                                   absl::FormatTime("%Y-%m-%d", until, absl::UTCTimeZone()) +
                                   "\"\n");
  verifier::VerifyOptions options;
  options.validation_time = now_ + absl::Hours(24 * 10);
  options.trust = *verifier::TrustAnchors::Load({folder.path()});
  const auto judge = [&](const std::string& text) {
    return verifier::Verify(signing_.AsFile(text), "test", options);
  };
  EXPECT_THAT(Codes(judge(document_).signatures[0]), Contains("ANCHOR_NOT_FOR_THIS"));
  const auto report = judge(With(Element(token)));
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed)
      << testing::PrintToString(Codes(report.signatures[0]));
}

TEST_F(TimeStamps, P39_ImprintOfSomethingElse) {
  ExpectNoProof(With(Element(Token(tsa_certificate_, octets_ + " "))),
                "TIME_STAMP_OF_SOMETHING_ELSE");
}

TEST_F(TimeStamps, P39_TimeStampFromTheFuture) {
  const auto report = Judge(With(Element(Token())), -absl::Hours(1));
  EXPECT_FALSE(report.signatures[0].best_time.has_value());
  EXPECT_THAT(Codes(report.signatures[0]), Contains("TIME_STAMP_IN_FUTURE"));
}

TEST_F(TimeStamps, P39_WeakImprint) {
  ExpectNoProof(With(Element(Token(tsa_certificate_, octets_, "sha1"))), "TIME_STAMP_WEAK");
}

TEST_F(TimeStamps, P39_AuthorityThatNobodyTrusts) {
  const TestPki other;
  const std::string certificate = other.Issue(tsa_key_.get(), TimeStampingLeaf());
  ExpectNoProof(With(Element(Token(certificate, octets_))), "TIME_STAMP_NOT_TRUSTED");
}

TEST_F(TimeStamps, P39_AuthoritysCertificateHasEnded) {
  LeafOptions leaf = TimeStampingLeaf();
  leaf.not_after = now_ + absl::Hours(24);
  const std::string document =
      With(Element(Token(signing_.pki().Issue(tsa_key_.get(), leaf), octets_)));
  EXPECT_TRUE(Judge(document).signatures[0].best_time.has_value());
  ExpectNoProof(document, "TIME_STAMP_NOT_TRUSTED", absl::Hours(48));
}

TEST_F(TimeStamps, P39_RevokedAuthority) {
  const auto report =
      Judge(With(Element(Token())), absl::Hours(1), "issuing.pem",
            {Crl({{tsa_certificate_, now_ - absl::Hours(1), 1}}, absl::Minutes(30))});
  EXPECT_FALSE(report.signatures[0].best_time.has_value());
  EXPECT_THAT(Codes(report.signatures[0]), Contains("TIME_STAMP_NOT_TRUSTED"));
}

TEST_F(TimeStamps, P39_ChangedToken) {
  std::string token = Token();
  token[token.size() - 20] = static_cast<char>(token[token.size() - 20] ^ 1);  // in the value
  ExpectNoProof(With(Element(token)), "TIME_STAMP_WRONG");
  ExpectNoProof(With(Element(token.substr(0, token.size() - 1))), "UNSIGNED_PROPERTY_UNREADABLE");
}

TEST_F(TimeStamps, P39_CertificateThatIsNotForTimeStampingAlone) {
  const auto signed_by = [&](const LeafOptions& leaf) {
    return With(
        Element(SignedAgain(Token(), signing_.pki().Issue(tsa_key_.get(), leaf), tsa_key_.get())));
  };
  LeafOptions leaf = TimeStampingLeaf();
  EXPECT_TRUE(Judge(signed_by(leaf)).signatures[0].best_time.has_value());
  for (const char* usage : {"", "timeStamping", "critical,timeStamping,codeSigning"}) {
    leaf.extended_key_usage = usage;
    ExpectNoProof(signed_by(leaf), "TIME_STAMP_WRONG");
  }
  leaf.extended_key_usage = "critical,codeSigning";
  ExpectNoProof(signed_by(leaf), "TIME_STAMP_NOT_TRUSTED");
}

TEST_F(TimeStamps, P39_TokenOfAnotherSignature) {
  // A genuine token, taken from another document of the same signer.
  auto parameters = signing_.Parameters();
  parameters.signing_time = kSigningTime + absl::Hours(1);
  const std::string other = *signing_.Sign(Generate(SmallSpec()), parameters);
  ExpectNoProof(With(Element(Token(tsa_certificate_, SignatureValueOctets(other)))),
                "TIME_STAMP_OF_SOMETHING_ELSE");
}

TEST_F(TimeStamps, EarliestGoodTokenCounts) {
  const std::string bad = Element(Token(tsa_certificate_, "x"));
  const auto report = Judge(With(bad + Element(Token())));
  EXPECT_TRUE(report.signatures[0].best_time.has_value());
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
}

}  // namespace
}  // namespace sceau::test
