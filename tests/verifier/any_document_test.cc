// Signatures in documents that are neither a PES nor a budget act: anywhere, of anything that
// stands there once; and the attacks that this freedom invites.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/strings.h"
#include "tests/verifier/forgery.h"
#include "verifier/scan.h"
#include "verifier/second_pass.h"

namespace sceau::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using verifier::Indication;
using verifier::Integrity;

constexpr std::string_view kDigest =
    "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>"
    "<ds:DigestValue></ds:DigestValue>";
constexpr std::string_view kEnveloped =
    "<ds:Transforms><ds:Transform "
    "Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/></ds:Transforms>";
constexpr std::string_view kBase64 =
    "<ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"/>"
    "</ds:Transforms>";

class AnyDocument : public testing::Test {
 protected:
  AnyDocument() : key_(NewRsaKey()), certificate_(TestPki::SelfSigned(key_.get())) {}

  static std::string Reference(std::string_view uri, std::string_view transforms = {}) {
    return Concat("<ds:Reference URI=\"", uri, "\">", transforms, kDigest, "</ds:Reference>");
  }
  // XML-DSig alone; `key_info` in place of the certificate.
  std::string Signature(const std::string& references, const std::string& objects = "") const {
    return Signature(references, objects,
                     Concat("<ds:KeyInfo><ds:X509Data>", X509CertificateElement(certificate_),
                            "</ds:X509Data></ds:KeyInfo>"));
  }
  static std::string Signature(const std::string& references, const std::string& objects,
                               const std::string& key_info) {
    return Concat(
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>"
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>"
        "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>",
        references, "</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue>", key_info, objects,
        "</ds:Signature>");
  }
  std::string Sealed(const std::string& document) const { return Resealed(document, key_.get()); }

  verifier::FileReport Judge(const std::string& document, bool give_certificate = false) const {
    verifier::VerifyOptions options;
    options.validation_time = kSigningTime;
    if (give_certificate) {
      options.signers = {
          std::make_shared<const xades::Certificate>(*xades::Certificate::FromDer(certificate_))};
    }
    return verifier::Verify(signing_.AsFile(document), "test", options);
  }
  verifier::SignatureReport JudgeOne(const std::string& document) const {
    const auto report = Judge(document);
    EXPECT_EQ(report.signatures.size(), 1u) << report.refusal;
    return report.signatures.empty() ? verifier::SignatureReport() : report.signatures[0];
  }
  void ExpectNotIntact(const std::string& document, const std::string& code) const {
    const auto signature = JudgeOne(document);
    EXPECT_NE(signature.integrity, Integrity::kIntact);
    EXPECT_THAT(Codes(signature), Contains(code));
  }

  Signing signing_;
  EvpPkeyHandle key_;
  std::string certificate_;
};

TEST_F(AnyDocument, PlainSignatureIsIntactAndNeverValidByItself) {
  const auto signature =
      JudgeOne(Sealed("<a><b/>" + Signature(Reference("", kEnveloped)) + "</a>"));
  EXPECT_EQ(signature.integrity, Integrity::kIntact) << testing::PrintToString(Codes(signature));
  EXPECT_EQ(signature.format, "XMLDSIG");
  EXPECT_EQ(signature.scope, schemas::Scope::kWhole);
  EXPECT_THAT(signature.covers, ElementsAre("/a"));
  EXPECT_EQ(signature.indication, Indication::kIndeterminate);
  EXPECT_THAT(Codes(signature), Contains("SIGNING_CERTIFICATE_NOT_NAMED"));
}

TEST_F(AnyDocument, ElementElsewhereIsCoveredAndSaidToBe) {
  const std::string document =
      Sealed("<a><b><c Id=\"x\">1</c></b><d>" + Signature(Reference("#x")) + "</d></a>");
  const auto signature = JudgeOne(document);
  EXPECT_EQ(signature.integrity, Integrity::kIntact) << testing::PrintToString(Codes(signature));
  EXPECT_EQ(signature.scope, schemas::Scope::kOther);
  EXPECT_THAT(signature.covers, ElementsAre("#x"));
  // What else stands there may be forged: it never is valid as a whole.
  EXPECT_EQ(signature.indication, Indication::kIndeterminate);
  EXPECT_THAT(Codes(signature), Contains("PART_OF_DOCUMENT"));
  ExpectNotIntact(Replaced(document, ">1<", ">2<"), "CONTENT_ALTERED");
  ExpectNotIntact(Replaced(document, "Id=\"x\"", "Id=\"y\""), "CONTENT_ALTERED");
}

TEST_F(AnyDocument, P20_EveryOneOfManyReferencesMustHold) {
  constexpr int kCount = 40;
  std::string elements, references;
  for (int i = 0; i < kCount; ++i) {
    AppendTo(elements, "<c Id=\"x", i, "\">v", i, "v</c>");
    references += Reference(Concat("#x", i));
  }
  const std::string document = Sealed("<a>" + elements + Signature(references) + "</a>");
  EXPECT_EQ(JudgeOne(document).integrity, Integrity::kIntact);
  for (int i = 0; i < kCount; ++i) {
    ExpectNotIntact(Replaced(document, Concat("v", i, "v"), "w"), "CONTENT_ALTERED");
  }
}

TEST_F(AnyDocument, P04_TheSameIdTwiceIsRefused) {
  const std::string document = Sealed("<a><c Id=\"x\">1</c>" + Signature(Reference("#x")) + "</a>");
  for (const std::string spelling : {"Id", "ID", "id", "xml:id"}) {
    const std::string second = Concat("<c ", spelling, "=\"x\">2</c>");
    ExpectNotIntact(InsertedBefore(document, "<c ", second), "DUPLICATE_ID");
    ExpectNotIntact(InsertedBeforeLast(document, "</a>", second), "DUPLICATE_ID");
  }
}

// An enveloped signature that was carried out of what it signs.
TEST_F(AnyDocument, P01_EnvelopedSignatureMustStandInWhatItSigns) {
  ExpectNotIntact(
      Sealed("<a><c Id=\"x\">1</c><d>" + Signature(Reference("#x", kEnveloped)) + "</d></a>"),
      "REFERENCE_NOT_AT_ALLOWED_PATH");
}

TEST_F(AnyDocument, EnvelopingSignatureCoversItsObject) {
  const std::string object = "<ds:Object Id=\"o\"><data>1</data></ds:Object>";
  const std::string document = Sealed("<a>" + Signature(Reference("#o"), object) + "</a>");
  const auto signature = JudgeOne(document);
  EXPECT_EQ(signature.integrity, Integrity::kIntact) << testing::PrintToString(Codes(signature));
  EXPECT_THAT(signature.covers, ElementsAre("#o"));
  ExpectNotIntact(Replaced(document, ">1<", ">2<"), "SIGNED_PROPERTIES_ALTERED");
}

// What stands in the signature unsigned would pass for a part of the document that it signs whole.
TEST_F(AnyDocument, P10_ForeignContentInTheSignatureMustBeSigned) {
  const std::string object = "<ds:Object><data>forged</data></ds:Object>";
  ExpectNotIntact(Sealed("<a>" + Signature(Reference("", kEnveloped), object) + "</a>"),
                  "SIGNATURE_STRUCTURE");
}

TEST_F(AnyDocument, Base64IsDecodedOfAnObjectAlone) {
  const auto with = [&](const std::string& signed_octets, const std::string& document) {
    std::string text = Replaced(
        document, "<ds:DigestValue></ds:DigestValue>",
        Concat("<ds:DigestValue>", ToBase64(DigestOf(DigestAlgorithm::kSha256, signed_octets)),
               "</ds:DigestValue>"));
    return WithValue(text, SignRaw(key_.get(), EVP_sha256(), SignedInfoOctets(text)));
  };
  const std::string object =
      Concat("<ds:Object Id=\"o\">\n ", ToBase64("the bytes"), "</ds:Object>");
  const std::string enveloping =
      with("the bytes", "<a>" + Signature(Reference("#o", kBase64), object) + "</a>");
  EXPECT_EQ(JudgeOne(enveloping).integrity, Integrity::kIntact);
  ExpectNotIntact(with("other bytes", "<a>" + Signature(Reference("#o", kBase64), object) + "</a>"),
                  "SIGNED_PROPERTIES_ALTERED");
  const std::string elsewhere = Concat("<c Id=\"o\">", ToBase64("the bytes"), "</c>");
  ExpectNotIntact(
      with("the bytes", "<a>" + elsewhere + Signature(Reference("#o", kBase64)) + "</a>"),
      "REFERENCE_REFUSED");
}

TEST_F(AnyDocument, P06_KeyAloneIsNoSigner) {
  const std::string document =
      Sealed("<a>" +
             Signature(Reference("", kEnveloped), "",
                       "<ds:KeyInfo><ds:KeyName>k</ds:KeyName></ds:KeyInfo>") +
             "</a>");
  ExpectNotIntact(document, "NO_CERTIFICATE_IN_SIGNATURE");
  // Whoever asks may say whose it is.
  const auto given = Judge(document, /*give_certificate=*/true);
  EXPECT_EQ(given.signatures[0].integrity, Integrity::kIntact);
  EXPECT_EQ(given.signatures[0].indication, Indication::kIndeterminate);
}

TEST_F(AnyDocument, P30_SignaturesAndDigestsAtOnceAreBounded) {
  std::string nested = "<c/>";
  std::string references;
  for (size_t i = 0; i <= verifier::kMaxOpenDigests; ++i) {
    nested = Concat("<c Id=\"x", i, "\">", nested, "</c>");
    references += Reference(Concat("#x", i));
  }
  ExpectNotIntact(Sealed("<a>" + nested + Signature(references) + "</a>"), "CONTENT_ALTERED");
  std::string many;
  for (size_t i = 0; i <= verifier::kMaxSignaturesElsewhere; ++i) {
    many += Signature(Reference("", kEnveloped));
  }
  const auto report = Judge("<a>" + many + "</a>");
  EXPECT_THAT(Codes(report.signatures[verifier::kMaxSignaturesElsewhere]),
              Contains("TOO_MANY_SIGNATURES"));
}

TEST_F(AnyDocument, PesKeepsItsOwnRules) {
  // The same freedom in a PES is refused: a signature there signs its parent.
  const std::string signature = Signature(Reference("#E"));
  const std::string pes =
      InsertedBeforeLast(Generate(SmallSpec()), "</n:PES_Aller>", "<E Id=\"E\"/>" + signature);
  const auto report = Judge(Sealed(pes));
  ASSERT_EQ(report.signatures.size(), 1u);
  EXPECT_NE(report.signatures[0].integrity, Integrity::kIntact);
}

}  // namespace
}  // namespace sceau::test
