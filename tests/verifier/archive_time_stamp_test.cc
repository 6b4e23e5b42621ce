// Archive time stamps (XAdES LTA): over all of a signature and what it signs, or of no worth. They
// prove what they cover: the signature, the time stamps and the revocation data before them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "base/file_digest.h"
#include "base/strings.h"
#include "tests/verifier/stamped_signature.h"

namespace sceau::test {
namespace {

using testing::Contains;
using testing::Not;
using verifier::Verdict;

constexpr std::string_view kNamespace = " xmlns:a=\"http://uri.etsi.org/01903/v1.4.1#\"";

xml::CanonicalOptions Form(xml::CanonicalMethod method) {
  xml::CanonicalOptions options;
  options.method = method;
  return options;
}
const xml::CanonicalOptions kInclusive = Form(xml::CanonicalMethod::kInclusive10);

class ArchiveTimeStamps : public StampedSignature {
 protected:
  // Trusted, and ends a day from now.
  std::string ShortLived() const {
    LeafOptions leaf = TimeStampingLeaf();
    leaf.not_after = now_ + absl::Hours(24);
    return signing_.pki().Issue(tsa_key_.get(), leaf);
  }
  std::string Archive(const std::string& octets, const std::string& certificate,
                      const std::string& digest = "sha256") const {
    return Concat("<a:ArchiveTimeStamp", kNamespace, "><xad:EncapsulatedTimeStamp>",
                  ToBase64(Token(certificate, octets, digest)),
                  "</xad:EncapsulatedTimeStamp></a:ArchiveTimeStamp>");
  }
  // Appended to the unsigned properties that are there.
  static std::string Appended(const std::string& document, const std::string& property) {
    return InsertedBefore(document, "</xad:UnsignedSignatureProperties>", property);
  }
  std::string Archived(const std::string& document, const std::string& certificate) const {
    return Appended(document, Archive(ArchiveOctets(document, kInclusive), certificate));
  }
  // Signed, stamped by an authority that ends soon, then archived.
  std::string Archived() const { return Archived(Stamped(), tsa_certificate_); }
  std::string Stamped() const { return With(Element(Token(ShortLived(), octets_))); }

  static std::string CrlValues(const std::string& crl) {
    return Concat("<xad:RevocationValues><xad:CRLValues><xad:EncapsulatedCRLValue>", ToBase64(crl),
                  "</xad:EncapsulatedCRLValue></xad:CRLValues></xad:RevocationValues>");
  }
  // Where only a good archive time stamp still proves anything, it proves nothing, for this reason.
  void ExpectOfNoWorth(const std::string& document, const std::string& code) const {
    const auto report = Judge(document, kAfterTheEnd);
    ASSERT_EQ(report.signatures.size(), 1u);
    const auto signature = report.signatures[0];
    EXPECT_EQ(signature.integrity, verifier::Integrity::kIntact);
    EXPECT_EQ(signature.sub_indication, "OUT_OF_BOUNDS_NO_POE");
    EXPECT_FALSE(signature.best_time.has_value());
    EXPECT_THAT(Codes(signature), Contains(code));
    EXPECT_THAT(Codes(signature), Not(Contains("ARCHIVE_TIME_STAMP")));
    // Nor does it lend its level while all else is good.
    EXPECT_EQ(Judge(document).signatures[0].level, "T");
  }
};

TEST_F(ArchiveTimeStamps, ProvesTheTimeStampWhoseAuthorityHasEnded) {
  const auto without = Judge(Stamped(), kAfterTheEnd);
  EXPECT_EQ(without.signatures[0].sub_indication, "OUT_OF_BOUNDS_NO_POE");
  EXPECT_FALSE(without.signatures[0].best_time.has_value());
  const auto with = Judge(Archived(), kAfterTheEnd);
  const auto signature = with.signatures[0];
  EXPECT_EQ(with.verdict, Verdict::kTotalPassed) << testing::PrintToString(Codes(signature));
  EXPECT_TRUE(signature.best_time.has_value());
  EXPECT_THAT(Codes(signature), Contains("ARCHIVE_TIME_STAMP"));
  EXPECT_THAT(Codes(signature), Not(Contains("TIME_STAMP_NOT_TRUSTED")));
}

TEST_F(ArchiveTimeStamps, AProofFromOutsideProvesTheTimeStampsAsWell) {
  const std::string stamped = Stamped();
  verifier::VerifyOptions options;
  options.validation_time = now_ + kAfterTheEnd;
  options.trust = *verifier::TrustAnchors::Load({signing_.folder().path() + "/issuing.pem"});
  const auto judge = [&](absl::Duration proven) {
    options.proofs = {{*Sha256Of(signing_.AsFile(stamped)), now_ + proven, "journal 42"}};
    return verifier::Verify(signing_.AsFile(stamped), "test", options).signatures[0];
  };
  // While the authority's certificate was valid; the time stamp is the earlier of the two.
  const auto early = judge(absl::Hours(12));
  EXPECT_EQ(early.indication, verifier::Indication::kTotalPassed);
  EXPECT_LT(early.best_time, now_ + absl::Hours(1));
  EXPECT_THAT(Codes(early), Not(Contains("TIME_STAMP_NOT_TRUSTED")));
  // When that had ended, the proof alone counts.
  const auto late = judge(absl::Hours(48));
  EXPECT_EQ(late.indication, verifier::Indication::kTotalPassed);
  EXPECT_EQ(late.best_time, now_ + absl::Hours(48));
  EXPECT_THAT(Codes(late), Contains("TIME_STAMP_NOT_TRUSTED"));
  // Before the time stamp was made it cannot have been there: one of the two is wrong.
  EXPECT_THAT(Codes(judge(-absl::Hours(1))), Contains("TIME_STAMP_WRONG"));
}

TEST_F(ArchiveTimeStamps, EveryFormAndDigest) {
  const struct {
    std::string_view uri;
    xml::CanonicalMethod method;
    const char* digest;
  } kForms[] = {
      {"http://www.w3.org/2001/10/xml-exc-c14n#", xml::CanonicalMethod::kExclusive, "sha256"},
      {"http://www.w3.org/TR/2001/REC-xml-c14n-20010315", xml::CanonicalMethod::kInclusive10,
       "sha512"},
      {"http://www.w3.org/2006/12/xml-c14n11", xml::CanonicalMethod::kInclusive11, "sha256"}};
  const std::string stamped = Stamped();
  for (const auto& it : kForms) {
    const std::string octets = ArchiveOctets(stamped, Form(it.method));
    const std::string method = Concat("<ds:CanonicalizationMethod Algorithm=\"", it.uri, "\"/>");
    const std::string property = InsertedBefore(Archive(octets, tsa_certificate_, it.digest),
                                                "<xad:EncapsulatedTimeStamp", method);
    const auto report = Judge(Appended(stamped, property), kAfterTheEnd);
    EXPECT_THAT(Codes(report.signatures[0]), Contains("ARCHIVE_TIME_STAMP")) << it.uri;
  }
}

TEST_F(ArchiveTimeStamps, FormOfXades132) {
  const std::string stamped = Stamped();
  std::string property = Archive(ArchiveOctets(stamped, kInclusive), tsa_certificate_);
  property =
      ReplacedAll(Replaced(property, kNamespace, ""), "a:ArchiveTimeStamp", "xad:ArchiveTimeStamp");
  const auto report = Judge(Appended(stamped, property), kAfterTheEnd);
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed)
      << testing::PrintToString(Codes(report.signatures[0]));
}

TEST_F(ArchiveTimeStamps, EachProvesTheOneBefore) {
  const std::string first = Archived(Stamped(), ShortLived());
  EXPECT_FALSE(Judge(first, kAfterTheEnd).signatures[0].best_time.has_value());
  const auto report = Judge(Archived(first, tsa_certificate_), kAfterTheEnd);
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
  const auto codes = Codes(report.signatures[0]);
  EXPECT_EQ(std::count(codes.begin(), codes.end(), "ARCHIVE_TIME_STAMP"), 2);
}

TEST_F(ArchiveTimeStamps, CoveredRevocationDataCountsAsItDidThen) {
  // Issued before the time stamps, current when the archive was made, and the only word there is.
  const std::string crl = CrlValues(Crl({}, -absl::Hours(1)));
  const std::string covered = Archived(Appended(Stamped(), crl), tsa_certificate_);
  // The archive's own authority is asked about elsewhere.
  const auto judge = [&](const std::string& document, const std::vector<RevokedEntry>& revoked) {
    return Judge(document, kAfterTheEnd, "issuing.pem",
                 {Crl(revoked, kAfterTheEnd - absl::Hours(1))});
  };
  const auto good = judge(covered, {});
  EXPECT_EQ(good.verdict, Verdict::kTotalPassed)
      << testing::PrintToString(Codes(good.signatures[0]));
  EXPECT_EQ(good.signatures[0].level, "LTA");
  // A word that came later counts before it.
  const auto revoked = judge(covered, {{signing_.certificate(), now_ - absl::Hours(2), 1}});
  EXPECT_EQ(revoked.verdict, Verdict::kIndeterminate);
}

TEST_F(ArchiveTimeStamps, RevocationDataThatItDoesNotCoverProvesNothingOfThen) {
  // The signer's authority is not the archive's, so that only the former's data is in question.
  const TestPki other;
  const EvpPkeyHandle key = NewEcKey();
  const std::string certificate = other.Issue(key.get(), TimeStampingLeaf());
  const TimeStampAuthority authority(certificate, key.get(), other.issuing());
  const auto archived = [&](const std::string& document) {
    return Appended(document,
                    Concat("<a:ArchiveTimeStamp", kNamespace, "><xad:EncapsulatedTimeStamp>",
                           ToBase64(authority.Stamp(ArchiveOctets(document, kInclusive))),
                           "</xad:EncapsulatedTimeStamp></a:ArchiveTimeStamp>"));
  };
  const TemporaryFolder folder;
  folder.Write("a.pem", PemOf(signing_.pki().issuing()));
  folder.Write("b.pem", PemOf(other.issuing()));
  CrlOptions of_archive;
  of_archive.this_update = now_ + kAfterTheEnd - absl::Hours(1);
  of_archive.next_update = of_archive.this_update + absl::Hours(24);
  auto data = std::make_shared<verifier::RevocationData>();
  ASSERT_TRUE(data->AddCrl(MakeCrl(other.issuing(), other.issuing_key(), of_archive)));
  const auto judge = [&](const std::string& document) {
    verifier::VerifyOptions options;
    options.validation_time = now_ + kAfterTheEnd;
    options.trust = *verifier::TrustAnchors::Load({folder.path()});
    options.revocation.given = data;
    return verifier::Verify(signing_.AsFile(document), "test", options);
  };
  const std::string crl = CrlValues(Crl({}, -absl::Hours(1)));
  const auto before = judge(archived(Appended(Stamped(), crl)));
  EXPECT_EQ(before.verdict, Verdict::kTotalPassed)
      << testing::PrintToString(Codes(before.signatures[0]));
  const auto after = judge(Appended(archived(Stamped()), crl));
  EXPECT_EQ(after.verdict, Verdict::kIndeterminate);
  EXPECT_EQ(after.signatures[0].sub_indication, "TRY_LATER");
  EXPECT_THAT(Codes(after.signatures[0]), Contains("ARCHIVE_TIME_STAMP"));
}

TEST_F(ArchiveTimeStamps, P39_DataAlteredAfterTheStamp) {
  const std::string altered = Replaced(Archived(), "<MtBordHT V=\"", "<MtBordHT V=\"9");
  const auto report = Judge(altered);
  EXPECT_EQ(report.verdict, Verdict::kTotalFailed);
  EXPECT_EQ(report.signatures[0].integrity, verifier::Integrity::kBroken);
  EXPECT_FALSE(report.signatures[0].best_time.has_value());
}

TEST_F(ArchiveTimeStamps, P39_StampOfAnotherFile) {
  auto parameters = signing_.Parameters();
  parameters.signing_time = kSigningTime + absl::Hours(1);
  const std::string other = *signing_.Sign(Generate(SmallSpec()), parameters);
  const std::string octets =
      ArchiveOctets(With(Element(Token(ShortLived(), octets_)), other), kInclusive);
  ExpectOfNoWorth(Appended(Stamped(), Archive(octets, tsa_certificate_)),
                  "TIME_STAMP_OF_SOMETHING_ELSE");
}

TEST_F(ArchiveTimeStamps, P39_WhatStandsInTheSignatureIsChangedOrAdded) {
  const std::string archived = Archived();
  const std::string changes[] = {
      // A property before it, added and changed.
      InsertedAfter(archived, "<xad:UnsignedSignatureProperties>",
                    "<xad:CertificateValues></xad:CertificateValues>"),
      Replaced(archived, "<xad:SignatureTimeStamp>", "<xad:SignatureTimeStamp Id=\"x\">"),
      // The certificates, and another object.
      InsertedBefore(archived, "</ds:X509Data>", X509CertificateElement(signing_.pki().issuing())),
      InsertedBefore(archived, "</ds:Signature>", "<ds:Object></ds:Object>"),
  };
  for (const std::string& it : changes) ExpectOfNoWorth(it, "TIME_STAMP_OF_SOMETHING_ELSE");
  // What is added after it, it says nothing of.
  const auto after =
      Judge(Appended(archived, "<xad:CertificateValues></xad:CertificateValues>"), kAfterTheEnd);
  EXPECT_EQ(after.verdict, Verdict::kTotalPassed);
}

TEST_F(ArchiveTimeStamps, P39_AnyCharacterChangedBeforeIt) {
  const std::string archived = Archived();
  const size_t from = archived.find("<Bordereau");
  const size_t to = archived.find("<a:ArchiveTimeStamp");
  ASSERT_LT(from, to);
  size_t tried = 0;
  for (size_t at = from; at < to; at += 29) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(archived[at]))) continue;
    std::string changed = archived;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    const auto report = Judge(changed, kAfterTheEnd);
    EXPECT_NE(report.verdict, Verdict::kTotalPassed) << changed.substr(at - 20, 40);
    ++tried;
  }
  EXPECT_GT(tried, 200u);
}

TEST_F(ArchiveTimeStamps, P39_EarlierStampIsTakenAwayOrMovedBehindIt) {
  const std::string archived = Archived();
  const std::string earlier =
      Between(archived, "<xad:SignatureTimeStamp>", "</xad:SignatureTimeStamp>");
  const auto without = Judge(Replaced(archived, earlier, ""), kAfterTheEnd);
  EXPECT_FALSE(without.signatures[0].best_time.has_value());
  EXPECT_THAT(Codes(without.signatures[0]), Contains("TIME_STAMP_OF_SOMETHING_ELSE"));
  ExpectOfNoWorth(Appended(Replaced(archived, earlier, ""), earlier),
                  "TIME_STAMP_OF_SOMETHING_ELSE");
}

TEST_F(ArchiveTimeStamps, P39_AuthorityThatNobodyTrusts) {
  const TestPki other;
  ExpectOfNoWorth(Archived(Stamped(), other.Issue(tsa_key_.get(), TimeStampingLeaf())),
                  "TIME_STAMP_NOT_TRUSTED");
}

TEST_F(ArchiveTimeStamps, P39_DescriptionOfWhatItCoversIsNotBelieved) {
  const std::string stamped = Stamped();
  const std::string described =
      InsertedBefore(Archive(ArchiveOctets(stamped, kInclusive), tsa_certificate_),
                     "<xad:EncapsulatedTimeStamp", "<xad:Include URI=\"#x\"/>");
  ExpectOfNoWorth(Appended(stamped, described), "UNSIGNED_PROPERTY_UNREADABLE");
}

// References that lie in the document in another order than the signature's, one within another:
// each further pass reads what the last could not.
TEST_F(ArchiveTimeStamps, ReferencesInAnyOrder) {
  const auto reference = [](std::string_view uri) {
    return Concat("<ds:Reference URI=\"", uri,
                  "\"><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>"
                  "<ds:DigestValue></ds:DigestValue></ds:Reference>");
  };
  std::string document = Concat(
      "<r><x Id=\"x\">1<z Id=\"z\">3</z></x><y Id=\"y\">2</y><d><ds:Signature "
      "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"S\"><ds:SignedInfo>"
      "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>"
      "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>",
      reference("#y"), reference("#z"), reference("#x"), reference("#P"),
      "</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue><ds:KeyInfo><ds:X509Data>",
      X509CertificateElement(signing_.certificate()),
      "</ds:X509Data></ds:KeyInfo><ds:Object><xad:QualifyingProperties "
      "xmlns:xad=\"http://uri.etsi.org/01903/v1.3.2#\" Target=\"#S\"><xad:SignedProperties "
      "Id=\"P\"><xad:SignedSignatureProperties/></xad:SignedProperties><xad:UnsignedProperties>"
      "<xad:UnsignedSignatureProperties></xad:UnsignedSignatureProperties>"
      "</xad:UnsignedProperties></xad:QualifyingProperties></ds:Object></ds:Signature></d></r>");
  document = Resealed(document, signing_.key());
  const auto good = Judge(Archived(document, tsa_certificate_));
  ASSERT_EQ(good.signatures.size(), 1u) << good.refusal;
  EXPECT_EQ(good.signatures[0].integrity, verifier::Integrity::kIntact);
  EXPECT_THAT(Codes(good.signatures[0]), Contains("ARCHIVE_TIME_STAMP"));
  const auto bad = Judge(InsertedBefore(Archived(document, tsa_certificate_), "</ds:X509Data>",
                                        X509CertificateElement(signing_.pki().issuing())));
  EXPECT_THAT(Codes(bad.signatures[0]), Contains("TIME_STAMP_OF_SOMETHING_ELSE"));
}

}  // namespace
}  // namespace sceau::test
