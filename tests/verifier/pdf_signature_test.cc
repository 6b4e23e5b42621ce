// PDF signatures (PAdES): one that is whole is judged as any other, one that is not says why. The
// files are made and signed here; each attack is a small change of a good file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/strings.h"
#include "tests/support/pdf_document.h"
#include "tests/support/pdf_signing.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_pki.h"
#include "tests/support/time_stamp_authority.h"
#include "tools/gen/generator.h"
#include "verifier/pdf_range.h"
#include "verifier/verifier.h"

namespace sceau::verifier {
namespace {

using test::SignedPdf;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

class PdfSignatures : public testing::Test {
 protected:
  PdfSignatures() : key_(test::NewRsaKey()), tsa_key_(test::NewEcKey()) {
    pki_.WriteAuthorities(folder_.path());
    certificate_ = pki_.Issue(key_.get(), Leaf());
    tsa_certificate_ = pki_.Issue(tsa_key_.get(), test::TimeStampingLeaf());
  }

  static test::LeafOptions Leaf() {
    test::LeafOptions leaf;
    leaf.not_after = absl::Now() + absl::Hours(24 * 365);
    return leaf;
  }
  test::PdfSigner Signer() const {
    return {.certificate = certificate_, .key = key_.get(), .chain = {pki_.issuing()}};
  }
  std::function<std::string(const std::string&)> Stamp() const {
    return [this](const std::string& octets) {
      return test::TimeStampAuthority(tsa_certificate_, tsa_key_.get(), pki_.issuing())
          .Stamp(octets);
    };
  }
  static SignedPdf Signed(const test::PdfSigner& signer) {
    SignedPdf pdf(test::kTextPage);
    pdf.Sign(signer);
    return pdf;
  }

  FileReport Judge(const std::string& pdf, absl::Duration later = absl::Hours(1),
                   const std::string& anchor = "root.pem") const {
    OutputFile file = OutputFile::Unnamed();
    EXPECT_TRUE(file.Append(pdf).ok());
    VerifyOptions options;
    options.validation_time = absl::Now() + later;
    if (!anchor.empty()) options.trust = *TrustAnchors::Load({folder_.path() + "/" + anchor});
    return Verify(*file.Reread(), "test.pdf", options);
  }
  static SignatureReport First(const FileReport& report) {
    EXPECT_FALSE(report.signatures.empty()) << report.refusal;
    return report.signatures.empty() ? SignatureReport() : report.signatures[0];
  }
  static std::vector<std::string> Codes(const SignatureReport& signature) {
    std::vector<std::string> out;
    for (const SignatureReason& it : signature.reasons) {
      if (it.severity != schemas::Severity::kInfo) out.push_back(it.code);
    }
    return out;
  }

  test::TemporaryFolder folder_;
  test::TestPki pki_;
  EvpPkeyHandle key_, tsa_key_;
  std::string certificate_, tsa_certificate_;
};

TEST_F(PdfSignatures, AGoodOneIsTotalPassed) {
  const FileReport report = Judge(Signed(Signer()).bytes());
  EXPECT_EQ(report.kind, schemas::Kind::kPdf);
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
  ASSERT_EQ(report.signatures.size(), 1u);
  const SignatureReport signature = report.signatures[0];
  EXPECT_EQ(signature.format, "PADES");
  EXPECT_EQ(signature.level, "B");
  EXPECT_EQ(signature.id, "Signature1");
  EXPECT_EQ(signature.scope, schemas::Scope::kWhole);
  EXPECT_EQ(signature.integrity, Integrity::kIntact);
  EXPECT_EQ(signature.indication, Indication::kTotalPassed);
  EXPECT_EQ(signature.claimed_time, "2026-01-01T12:00:00Z");
  EXPECT_FALSE(signature.best_time);
  EXPECT_THAT(signature.signer->subject, testing::HasSubstr("Ordonnatrice"));
  EXPECT_THAT(Codes(signature), ElementsAre());
  EXPECT_TRUE(report.not_covered.empty());
}

TEST_F(PdfSignatures, APlainCmsSignatureThatNamesItsCertificateIsJudgedToo) {
  test::PdfSigner signer = Signer();
  signer.sub_filter = "adbe.pkcs7.detached";
  const SignatureReport signature = First(Judge(Signed(signer).bytes()));
  EXPECT_EQ(signature.indication, Indication::kTotalPassed);
  EXPECT_EQ(signature.level, "NONE");
}

TEST_F(PdfSignatures, WithoutAnAnchorNothingIsPassed) {
  const FileReport report = Judge(Signed(Signer()).bytes(), absl::Hours(1), "");
  EXPECT_EQ(report.verdict, Verdict::kIndeterminate);
  EXPECT_EQ(First(report).sub_indication, "NO_CERTIFICATE_CHAIN_FOUND");
  EXPECT_EQ(First(report).integrity, Integrity::kIntact);
}

TEST_F(PdfSignatures, AnExpiredCertificateIsIndeterminateUnlessATimeStampProvesTheTime) {
  constexpr absl::Duration kLater = absl::Hours(24 * 400);
  EXPECT_EQ(First(Judge(Signed(Signer()).bytes(), kLater)).sub_indication, "OUT_OF_BOUNDS_NO_POE");
  test::PdfSigner stamped = Signer();
  stamped.stamp = Stamp();
  const SignatureReport signature = First(Judge(Signed(stamped).bytes(), kLater));
  EXPECT_EQ(signature.indication, Indication::kTotalPassed) << signature.sub_indication;
  EXPECT_EQ(signature.level, "T");
  EXPECT_TRUE(signature.best_time);
}

TEST_F(PdfSignatures, AStampOfAnotherValueProvesNothing) {
  test::PdfSigner stamped = Signer();
  stamped.stamp = [this](const std::string&) { return Stamp()("another value"); };
  const SignatureReport signature = First(Judge(Signed(stamped).bytes()));
  EXPECT_FALSE(signature.best_time);
  EXPECT_THAT(Codes(signature), Contains("TIME_STAMP_OF_SOMETHING_ELSE"));
}

TEST_F(PdfSignatures, AStampOfTheDocumentProvesTheSignaturesBeforeIt) {
  SignedPdf pdf = Signed(Signer());
  pdf.StampDocument(Stamp());
  const FileReport report = Judge(pdf.bytes(), absl::Hours(24 * 400));
  ASSERT_EQ(report.signatures.size(), 1u);
  EXPECT_EQ(First(report).indication, Indication::kTotalPassed) << First(report).sub_indication;
  EXPECT_EQ(First(report).level, "T");
  EXPECT_THAT(report.findings,
              ElementsAre(testing::Field(&schemas::Finding::rule, "PDF_DOCUMENT_TIME_STAMP")));
  SignedPdf altered = Signed(Signer());
  altered.StampDocument([&](const std::string&) { return Stamp()("something else"); });
  EXPECT_FALSE(First(Judge(altered.bytes())).best_time);
}

TEST_F(PdfSignatures, OneAlteredByteIsFound) {
  SignedPdf pdf = Signed(Signer());
  const size_t at = pdf.bytes().find("(Facture)");
  pdf.bytes()[at + 1] = 'T';
  const FileReport report = Judge(pdf.bytes());
  EXPECT_EQ(report.verdict, Verdict::kTotalFailed);
  EXPECT_EQ(First(report).sub_indication, "HASH_FAILURE");
  EXPECT_EQ(First(report).integrity, Integrity::kBroken);
}

// Every byte that is covered counts, whatever it is in the file's structure.
TEST_F(PdfSignatures, NoCoveredByteCanBeChanged) {
  const SignedPdf pdf = Signed(Signer());
  for (size_t at = 0; at < pdf.bytes().size(); at += 97) {
    if (at >= pdf.hole() && at < pdf.hole_end()) continue;
    std::string altered = pdf.bytes();
    altered[at] ^= 1;
    EXPECT_NE(Judge(altered).verdict, Verdict::kTotalPassed) << at;
  }
}

TEST_F(PdfSignatures, AHoleWiderThanTheSignatureIsRefused) {
  // The ByteRange leaves out the blank behind Contents too, and nothing else changes.
  SignedPdf pdf(test::kTextPage);
  test::PdfSigner signer = Signer();
  pdf.Sign(signer);
  const std::string before = pdf.bytes();
  for (const auto& [from, to] : {std::pair<int, int>{0, 1}, {-1, 0}, {-1, 1}}) {
    std::string bytes = before;
    const std::string range = Concat("[0 ", absl::Dec(pdf.hole() + from, absl::kZeroPad10), " ",
                                     absl::Dec(pdf.hole_end() + to, absl::kZeroPad10));
    bytes.replace(bytes.rfind("[0 00"), range.size(), range);
    const SignatureReport signature = First(Judge(bytes));
    EXPECT_EQ(signature.integrity, Integrity::kUnchecked);
    EXPECT_EQ(signature.indication, Indication::kTotalFailed);
    EXPECT_THAT(Codes(signature), Contains("BYTE_RANGE_WRONG"));
  }
}

// Signature wrapping (SWA): the second range is moved to the end, what it covered is kept there,
// and the attacker's objects stand in the hole.
TEST_F(PdfSignatures, ObjectsInTheHoleAreRefused) {
  const SignedPdf pdf = Signed(Signer());
  std::string bytes = pdf.bytes();
  const std::string rest = bytes.substr(pdf.hole_end());
  const std::string forged = "\n5 0 obj\n<< /Length 0 >>\nstream\n\nendstream\nendobj\n";
  bytes = bytes.substr(0, pdf.hole_end()) + rest + forged + rest;
  EXPECT_NE(Judge(bytes).verdict, Verdict::kTotalPassed);
  const std::string moved = Concat("[0 ", absl::Dec(pdf.hole(), absl::kZeroPad10), " ",
                                   absl::Dec(bytes.size() - rest.size(), absl::kZeroPad10), " ",
                                   absl::Dec(rest.size(), absl::kZeroPad10), "]");
  std::string wrapped = bytes;
  wrapped.replace(wrapped.rfind("[0 00"), moved.size(), moved);
  const FileReport report = Judge(wrapped);
  EXPECT_NE(report.verdict, Verdict::kTotalPassed);
  EXPECT_THAT(Codes(First(report)), Contains("BYTE_RANGE_WRONG"));
}

TEST_F(PdfSignatures, ARangeThatEndsInTheMiddleIsRefused) {
  SignedPdf pdf(test::kTextPage);
  test::PdfSigner signer = Signer();
  pdf.Sign(signer);
  std::string bytes = pdf.bytes();
  const size_t at = bytes.rfind("[0 00");
  const size_t length = bytes.size() - pdf.hole_end() - 30;
  bytes.replace(at + 25, 10, Concat(absl::Dec(length, absl::kZeroPad10)));
  EXPECT_THAT(Codes(First(Judge(bytes))), Contains("BYTE_RANGE_WRONG"));
}

TEST_F(PdfSignatures, WhatIsAddedAfterwardsIsReportedAndNotCovered) {
  SignedPdf pdf = Signed(Signer());
  pdf.Update(SignedPdf::kPageContent, "<< /Length 0 >>\nstream\n\nendstream");
  const FileReport report = Judge(pdf.bytes());
  EXPECT_EQ(report.verdict, Verdict::kIncomplete);
  EXPECT_EQ(First(report).indication, Indication::kTotalPassed);
  EXPECT_THAT(Codes(First(report)), ElementsAre("LATER_REVISIONS"));
  EXPECT_EQ(report.not_covered.size(), 1u);
}

TEST_F(PdfSignatures, ASecondSignatureCoversTheFirst) {
  SignedPdf pdf = Signed(Signer());
  pdf.Sign(Signer());
  const FileReport report = Judge(pdf.bytes());
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
  ASSERT_EQ(report.signatures.size(), 2u);
  EXPECT_THAT(Codes(report.signatures[0]), ElementsAre("LATER_REVISIONS"));
  EXPECT_THAT(Codes(report.signatures[1]), ElementsAre());
}

// A later revision shows the signed dictionary anew, with other claims.
TEST_F(PdfSignatures, ACopyOfTheDictionaryIsNotTheSignature) {
  SignedPdf pdf = Signed(Signer());
  const size_t begin = pdf.bytes().find("<< /Type /Sig ");
  const size_t end = pdf.bytes().find(">>", pdf.hole_end()) + 2;
  std::string copy = pdf.bytes().substr(begin, end - begin);
  copy.replace(copy.find("(D:2026"), 7, "(D:2016");
  const std::string before = pdf.bytes().substr(0, begin);
  const int number = std::stoi(before.substr(before.rfind("endobj\n") == std::string::npos
                                                 ? 0
                                                 : before.rfind("\n", before.size() - 2) + 1));
  pdf.Update(number, copy);
  const FileReport report = Judge(pdf.bytes());
  EXPECT_THAT(Codes(First(report)), Contains("BYTE_RANGE_WRONG"));
}

TEST_F(PdfSignatures, ContentsOfAnotherDocumentDoNotFit) {
  const SignedPdf one = Signed(Signer());
  SignedPdf other("BT (another) Tj ET");
  other.Sign(Signer());
  const std::string foreign = one.bytes().substr(one.hole(), one.hole_end() - one.hole());
  other.bytes().replace(other.hole(), foreign.size(), foreign);
  const SignatureReport signature = First(Judge(other.bytes()));
  EXPECT_EQ(signature.indication, Indication::kTotalFailed);
  EXPECT_EQ(signature.sub_indication, "HASH_FAILURE");
}

TEST_F(PdfSignatures, AValueThatIsNotThisKeysIsFound) {
  SignedPdf pdf = Signed(Signer());
  // A digit of the value, which ends the CMS: zeros follow.
  const size_t end = pdf.bytes().find_last_not_of('0', pdf.hole_end() - 2);
  char& digit = pdf.bytes()[end - 20];
  digit = digit == '0' ? '1' : '0';
  const SignatureReport signature = First(Judge(pdf.bytes()));
  EXPECT_EQ(signature.indication, Indication::kTotalFailed);
  EXPECT_EQ(signature.sub_indication, "SIG_CRYPTO_FAILURE");
}

TEST_F(PdfSignatures, ASignatureThatNamesNoCertificateIsNotPassed) {
  test::PdfSigner signer = Signer();
  signer.name_certificate = false;
  const SignatureReport signature = First(Judge(Signed(signer).bytes()));
  EXPECT_EQ(signature.indication, Indication::kIndeterminate);
  EXPECT_THAT(Codes(signature), ElementsAre("SIGNING_CERTIFICATE_NOT_NAMED"));
}

// Another key's certificate with the signer's issuer and serial number.
TEST_F(PdfSignatures, AnImpostorsCertificateIsNotTaken) {
  const EvpPkeyHandle stranger = test::NewRsaKey();
  test::LeafOptions same = Leaf();
  same.serial = "4711";
  test::PdfSigner signer = Signer();
  signer.certificate = pki_.Issue(key_.get(), same);
  same.common_name = "Impostor";
  signer.chain = {pki_.Issue(stranger.get(), same), pki_.issuing()};
  const SignatureReport both = First(Judge(Signed(signer).bytes()));
  EXPECT_EQ(both.indication, Indication::kTotalPassed);
  EXPECT_THAT(both.signer->subject, testing::HasSubstr("Ordonnatrice"));
  signer.carry_certificate = false;
  EXPECT_THAT(Codes(First(Judge(Signed(signer).bytes()))),
              ElementsAre("SIGNING_CERTIFICATE_NOT_FOUND"));
}

TEST_F(PdfSignatures, OtherFormsAreRefused) {
  for (const char* form : {"adbe.pkcs7.sha1", "adbe.x509.rsa_sha1", "Unknown"}) {
    test::PdfSigner signer = Signer();
    signer.sub_filter = form;
    const SignatureReport signature = First(Judge(Signed(signer).bytes()));
    EXPECT_EQ(signature.integrity, Integrity::kUnchecked) << form;
    EXPECT_THAT(Codes(signature), ElementsAre("ALGORITHM_REFUSED")) << form;
  }
}

TEST_F(PdfSignatures, Sha1IsNotReliedOn) {
  test::PdfSigner signer = Signer();
  signer.digest = EVP_sha1();
  const SignatureReport signature = First(Judge(Signed(signer).bytes()));
  EXPECT_EQ(signature.integrity, Integrity::kIntact);
  EXPECT_EQ(signature.sub_indication, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
}

TEST_F(PdfSignatures, AnEmptyOrForeignContentsIsAFailureOfFormat) {
  SignedPdf pdf = Signed(Signer());
  pdf.bytes().replace(pdf.hole() + 1, 8, "00000000");
  EXPECT_EQ(First(Judge(pdf.bytes())).indication, Indication::kTotalFailed);
}

TEST_F(PdfSignatures, APdfWithoutSignatureHasNone) {
  EXPECT_EQ(Judge(test::PdfOfPages({std::string(test::kTextPage)})).verdict, Verdict::kNoSignature);
}

TEST_F(PdfSignatures, WhatCannotBeOpenedIsRefused) {
  const FileReport report = Judge("%PDF-1.7 nothing");
  EXPECT_EQ(report.verdict, Verdict::kRefused);
  EXPECT_EQ(ReasonOf(report.refusal), Reason::kInputUnreadable);
}

TEST_F(PdfSignatures, InAnAttachmentHaveTheirOwnVerdict) {
  gen::PesSpec spec;
  spec.attachments = 3;
  std::string pes;
  ASSERT_TRUE(gen::WritePes(spec, [&](std::string_view bytes) {
                pes += bytes;
                return OkStatus();
              }).ok());
  SignedPdf altered = Signed(Signer());
  altered.bytes()[altered.bytes().find("(Facture)") + 1] = 'T';
  const std::string contents[] = {Signed(Signer()).bytes(), altered.bytes()};
  size_t at = 0;
  for (const std::string& content : contents) {
    at = pes.find('>', pes.find("<Fichier", at)) + 1;
    pes.replace(at, pes.find('<', at) - at, ToBase64(test::Gzip(content)));
  }
  OutputFile file = OutputFile::Unnamed();
  ASSERT_TRUE(file.Append(pes).ok());
  VerifyOptions options;
  options.validation_time = absl::Now();
  options.trust = *TrustAnchors::Load({folder_.path() + "/root.pem"});
  EXPECT_TRUE(Verify(*file.Reread(), "test", options).attachments.empty());
  options.attachments = true;
  const FileReport report = Verify(*file.Reread(), "test", options);
  EXPECT_EQ(report.verdict, Verdict::kNoSignature);
  ASSERT_EQ(report.attachments.size(), 2u);
  EXPECT_EQ(report.attachments[0].verdict, Verdict::kTotalPassed);
  EXPECT_EQ(report.attachments[1].verdict, Verdict::kTotalFailed);
  const auto json = nlohmann::json::parse(ToJson({report}, Lang::kFr)).at("files").at(0);
  EXPECT_EQ(json.at("attachments").at(0).at("attachment"), report.attachments[0].attachment_id);
  EXPECT_EQ(json.at("attachments").at(0).at("kind"), "PDF");
  EXPECT_EQ(json.at("attachments").at(0).at("signatures").at(0).at("format"), "PADES");
}

// In a large file they are read beside the rest. The root says nothing of what a file holds.
TEST_F(PdfSignatures, InAnAttachmentAreFoundInALargeFileAndUnderAnotherRoot) {
  constexpr std::string_view kAller = "helios/pes_v2/Rev0/aller";
  gen::PesSpec spec;
  spec.attachments = 1;
  std::string pes = *gen::PesText(spec);
  const size_t content = pes.find('>', pes.find("<Fichier")) + 1;
  pes.replace(content, pes.find('<', content) - content,
              ToBase64(test::Gzip(Signed(Signer()).bytes())));
  std::string large = pes;
  large.insert(large.find("<PES_PJ"), 5 << 20, ' ');
  VerifyOptions options;
  options.validation_time = absl::Now();
  options.trust = *TrustAnchors::Load({folder_.path() + "/root.pem"});
  options.attachments = true;
  for (const std::string& text : {pes, large}) {
    std::string other = text;
    other.replace(other.find(kAller), kAller.size(), "helios/pes_v2/Rev9/aller");
    for (const std::string& it : {text, other}) {
      OutputFile file = OutputFile::Unnamed();
      ASSERT_TRUE(file.Append(it).ok());
      const FileReport report = Verify(*file.Reread(), "test", options);
      ASSERT_EQ(report.attachments.size(), 1u) << it.size();
      EXPECT_EQ(report.attachments[0].verdict, Verdict::kTotalPassed);
    }
  }
}

TEST(PdfDates, AreRfc3339) {
  EXPECT_EQ(Rfc3339OfPdfDate("D:20240229235959Z"), "2024-02-29T23:59:59Z");
  EXPECT_EQ(Rfc3339OfPdfDate("D:20240229235959Z00'00'"), "2024-02-29T23:59:59Z");
  EXPECT_EQ(Rfc3339OfPdfDate("D:20240229235959+11'00'"), "2024-02-29T23:59:59+11:00");
  EXPECT_EQ(Rfc3339OfPdfDate("D:20240229235959-03"), "2024-02-29T23:59:59-03:00");
  EXPECT_EQ(Rfc3339OfPdfDate("hier"), "hier");
  EXPECT_EQ(Rfc3339OfPdfDate(""), "");
}

}  // namespace
}  // namespace sceau::verifier
