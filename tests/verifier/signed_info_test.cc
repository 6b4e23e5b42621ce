// P-08, P-09, P-13, P-14, P-17, P-20 to P-22, P-29, P-30: algorithms, transforms, references.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "tests/verifier/forgery.h"
#include "verifier/algorithm_limits.h"

namespace sceau::test {
namespace {

using verifier::Indication;
using verifier::Integrity;
using verifier::Verdict;

constexpr std::string_view kExclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
constexpr std::string_view kInclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
constexpr std::string_view kEnveloped =
    "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\">"
    "</ds:Transform>";

std::string TransformElement(std::string_view algorithm, std::string_view content = {}) {
  return Concat("<ds:Transform Algorithm=\"", algorithm, "\">", content, "</ds:Transform>");
}

class SignedInfo : public Attack {
 protected:
  std::string Again(const std::string& document) { return Resealed(document, signing_.key()); }
  // The transforms of the reference to the bordereau, signed again by the true signer.
  std::string WithTransforms(const std::string& document, const std::string& transforms) {
    return Again(
        Replaced(document, Between(document, "<ds:Transforms>", "</ds:Transforms>"),
                 transforms.empty() ? "" : "<ds:Transforms>" + transforms + "</ds:Transforms>"));
  }
  std::string With(const std::string& transforms) { return WithTransforms(bordereau_, transforms); }
};

TEST_F(SignedInfo, P08_HmacAndUnknownMethodsAreRefused) {
  for (const std::string method :
       {"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1", "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5", "", "rsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256",
        "http://www.w3.org/2007/05/xmldsig-more#sha1-rsa-MGF1",
        "http://www.w3.org/2007/05/xmldsig-more#rsa-pss"}) {
    const std::string document =
        Again(Replaced(bordereau_, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", method));
    ExpectNoneIntact(document, "ALGORITHM_REFUSED");
    EXPECT_EQ(signing_.VerifyTrusted(document).signatures[0].sub_indication,
              "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
  }
}

TEST_F(SignedInfo, P08_HmacOutputLengthIsRefusedOnAnyMethod) {
  ExpectNoneIntact(Again(Replaced(bordereau_, "#rsa-sha256\"></ds:SignatureMethod>",
                                  "#rsa-sha256\"><ds:HMACOutputLength>1</ds:HMACOutputLength>"
                                  "</ds:SignatureMethod>")),
                   "ALGORITHM_REFUSED");
}

TEST_F(SignedInfo, P09_TwoOfWhatMayStandOnce) {
  const std::string info = Between(bordereau_, "<ds:SignedInfo>", "</ds:SignedInfo>");
  const std::string value = Between(bordereau_, "<ds:SignatureValue", "</ds:SignatureValue>");
  const std::string key = Between(bordereau_, "<ds:KeyInfo", "</ds:KeyInfo>");
  const std::string forged = Replaced(info, "URI=\"#BORDD0001\"", "URI=\"#FORGED\"");
  for (const std::string& two : {info + forged, forged + info}) {
    ExpectNoneIntact(Replaced(bordereau_, info, two), "SIGNATURE_STRUCTURE");
  }
  const std::string bare = Replaced(value, " Id=\"BORDD0001_SIG_1_SV\"", "");
  ExpectNoneIntact(Replaced(bordereau_, value, value + bare), "SIGNATURE_STRUCTURE");
  ExpectNoneIntact(Replaced(bordereau_, key, key + key), "SIGNATURE_STRUCTURE");
  // Out of order, or in another namespace, it is none.
  ExpectNoneIntact(Replaced(bordereau_, info + value, value + info), "SIGNATURE_STRUCTURE");
  ExpectNoneIntact(
      InsertedBefore(bordereau_, "<ds:SignedInfo>", "<x:SignedInfo xmlns:x=\"urn:x\"/>"),
      "SIGNATURE_STRUCTURE");
  ExpectNoneIntact(
      InsertedBefore(bordereau_, "<ds:SignatureValue", "<ds:Object>" + forged + "</ds:Object>"),
      "SIGNATURE_STRUCTURE");
}

TEST_F(SignedInfo, P09_CommentInsideAValue) {
  for (const std::string tag : {"<ds:DigestValue>", "<ds:X509Certificate>"}) {
    for (const std::string split : {"<!-- c -->", "<?p i?>", "<b/>"}) {
      std::string document = bordereau_;
      document.insert(document.find(tag) + tag.size() + 4, split);
      ExpectNoneIntact(document, "SIGNATURE_STRUCTURE");
    }
  }
  std::string document = bordereau_;
  document.insert(document.find('>', document.find("<ds:SignatureValue")) + 5, "<!-- c -->");
  ExpectNoneIntact(document, "SIGNATURE_STRUCTURE");
  // As CDATA or as a character reference it is the same text.
  const std::string value = Between(bordereau_, "<ds:DigestValue>", "</ds:DigestValue>");
  const std::string text = value.substr(16, value.size() - 33);
  ExpectPassed(
      Replaced(bordereau_, value, "<ds:DigestValue><![CDATA[" + text + "]]></ds:DigestValue>"));
}

TEST_F(SignedInfo, CommentsAndInstructionsBetweenTheElements) {
  // A comment is not in the canonical form; an instruction is.
  ExpectPassed(InsertedAfter(bordereau_, "<ds:SignedInfo>", "<!-- c -->"));
  ExpectNoneIntact(InsertedAfter(bordereau_, "<ds:SignedInfo>", "<?p i?>"),
                   "SIGNATURE_VALUE_WRONG");
}

TEST_F(SignedInfo, P13_P16_P28_P29_TransformsThatChooseOrComputeAreRefused) {
  const std::string canonical = TransformElement(kExclusive);
  const std::string xpath = "<ds:XPath>false()</ds:XPath>";
  const std::string filter =
      "<f:XPath xmlns:f=\"http://www.w3.org/2002/06/xmldsig-filter2\" "
      "Filter=\"intersect\">/</f:XPath>";
  const std::string sheet =
      "<xsl:stylesheet xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"/>";
  const std::string refused[] = {
      TransformElement("http://www.w3.org/TR/1999/REC-xpath-19991116", xpath),
      TransformElement("http://www.w3.org/2002/06/xmldsig-filter2", filter),
      TransformElement("http://www.w3.org/TR/1999/REC-xslt-19991116", sheet),
      TransformElement("http://www.w3.org/2000/09/xmldsig#base64"),
      TransformElement("http://www.w3.org/2002/07/decrypt#XML"),
      TransformElement("http://www.w3.org/TR/2001/WD-xptr-20010108"),
      TransformElement("urn:unknown"),
      TransformElement("")};
  for (const std::string& one : refused) {
    ExpectNoneIntact(With(Concat(kEnveloped, one, canonical)), "TRANSFORM_REFUSED");
    ExpectNoneIntact(With(Concat(one, kEnveloped, canonical)), "TRANSFORM_REFUSED");
    ExpectNoneIntact(With(Concat(kEnveloped, canonical, one)), "TRANSFORM_REFUSED");
    ExpectNoneIntact(With(one), "TRANSFORM_REFUSED");
  }
}

TEST_F(SignedInfo, EnvelopedOnceAndFirst) {
  const std::string canonical = TransformElement(kExclusive);
  ExpectPassed(With(Concat(kEnveloped, canonical)));
  ExpectNoneIntact(With(Concat(kEnveloped, kEnveloped, canonical)), "TRANSFORM_REFUSED");
  ExpectNoneIntact(With(Concat(canonical, kEnveloped)), "TRANSFORM_REFUSED");
  ExpectNoneIntact(With(canonical), "REFERENCE_REFUSED");
  ExpectNoneIntact(With(""), "REFERENCE_REFUSED");
  ExpectNoneIntact(With(Concat(kEnveloped, canonical, canonical)), "TRANSFORM_REFUSED");
}

TEST_F(SignedInfo, P30_TwoHundredTransforms) {
  std::string many(kEnveloped);
  for (int i = 0; i < 200; ++i) many += TransformElement(kExclusive);
  ExpectNoneIntact(With(many), "TRANSFORM_REFUSED");
}

TEST_F(SignedInfo, EveryCanonicalFormIsComputedAsItIsNamed) {
  // Namespaces declared again between the root and the bordereau matter to the inclusive forms.
  const std::string nested = Replaced(bordereau_, "<PES_DepenseAller>",
                                      "<PES_DepenseAller xmlns:n=\"urn:again\" xml:lang=\"fr\">");
  for (const std::string_view algorithm :
       {kExclusive, kInclusive, std::string_view("http://www.w3.org/2006/12/xml-c14n11")}) {
    for (const std::string_view comments : {"", "WithComments"}) {
      const std::string hash = algorithm.ends_with('#') || comments.empty() ? "" : "#";
      const std::string uri = Concat(algorithm, hash, comments);
      const std::string document =
          WithTransforms(nested, Concat(kEnveloped, TransformElement(uri)));
      ExpectPassed(document);
      const std::string moved = Replaced(document, "urn:again", "urn:moved");
      if (algorithm == kExclusive) {
        ExpectPassed(moved);
      } else {
        ExpectNoneIntact(moved, "CONTENT_ALTERED");
        ExpectNoneIntact(Replaced(document, "xml:lang=\"fr\"", "xml:lang=\"en\""),
                         "CONTENT_ALTERED");
      }
      // A reference of the same document leaves comments out in any case.
      ExpectPassed(InsertedAfter(document, "<BlocBordereau>", "<!-- added -->"));
    }
  }
}

TEST_F(SignedInfo, SignedInfoWithCommentsCoversItsComments) {
  const std::string document = Again(
      Replaced(bordereau_, Concat("<ds:CanonicalizationMethod Algorithm=\"", kExclusive, "\""),
               Concat("<ds:CanonicalizationMethod Algorithm=\"", kExclusive, "WithComments\"")));
  ExpectPassed(document);
  ExpectNoneIntact(InsertedAfter(document, "<ds:SignedInfo>", "<!-- c -->"),
                   "SIGNATURE_VALUE_WRONG");
}

TEST_F(SignedInfo, InclusiveNamespacesAreComputedAndBounded) {
  const auto list = [](const std::string& prefixes) {
    return Concat("<ec:InclusiveNamespaces xmlns:ec=\"", kExclusive, "\" PrefixList=\"", prefixes,
                  "\"/>");
  };
  const std::string document =
      With(Concat(kEnveloped, TransformElement(kExclusive, list("n #default  xad none"))));
  ExpectPassed(document);
  ExpectNoneIntact(With(Concat(kEnveloped, TransformElement(kInclusive, list("n")))),
                   "SIGNATURE_STRUCTURE");
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "n ";
  ExpectNoneIntact(With(Concat(kEnveloped, TransformElement(kExclusive, list(many)))),
                   "SIGNATURE_STRUCTURE");
}

TEST_F(SignedInfo, P14_RelativeNamespaceIsAnErrorAndNeverAnEmptyDigest) {
  for (const std::string declaration : {"xmlns:a=\"rel\"", "xmlns=\"../x\"", "xmlns:a=\"a b\""}) {
    ExpectRefused(Replaced(bordereau_, "<BlocBordereau>", "<BlocBordereau " + declaration + ">"),
                  Reason::kNotXml);
    ExpectRefused(Replaced(whole_, "<EnTetePES>", "<EnTetePES " + declaration + ">"),
                  Reason::kNotXml);
  }
}

TEST_F(SignedInfo, P17_GarbageSignatureValue) {
  const std::string value = SignRaw(signing_.key(), EVP_sha256(), SignedInfoOctets(bordereau_));
  ExpectPassed(WithValue(bordereau_, value));
  std::string flipped = value;
  flipped[10] = static_cast<char>(flipped[10] ^ 1);
  for (const std::string& wrong :
       {flipped, std::string("x"), std::string(256, '\0'), value + value, value.substr(1),
        std::string(1, '\0') + value, SignRaw(signing_.key(), EVP_sha256(), "other"),
        SignRaw(signing_.key(), EVP_sha512(), SignedInfoOctets(bordereau_))}) {
    ExpectNoneIntact(WithValue(bordereau_, wrong), "SIGNATURE_VALUE_WRONG");
  }
  ExpectNoneIntact(WithValue(bordereau_, ""), "SIGNATURE_STRUCTURE");
  const std::string element = Between(bordereau_, "<ds:SignatureValue", "</ds:SignatureValue>");
  ExpectNoneIntact(
      Replaced(bordereau_, element, "<ds:SignatureValue>&#33;&#33;</ds:SignatureValue>"),
      "SIGNATURE_STRUCTURE");
}

TEST_F(SignedInfo, P20_ManyReferencesOnlyTheKthBad) {
  // Further references to the signature's own key and value keep it valid.
  std::string document = Replaced(bordereau_, "<ds:X509Data>", "<ds:X509Data Id=\"KEY\">");
  constexpr int kMore = 8;
  std::string more;
  for (int i = 0; i < kMore; ++i) {
    more += Concat("<ds:Reference URI=\"#KEY\"><ds:Transforms>", TransformElement(kExclusive),
                   "</ds:Transforms><ds:DigestMethod "
                   "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>"
                   "<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>");
  }
  document = Again(InsertedBefore(document, "</ds:SignedInfo>", more));
  ExpectPassed(document);
  constexpr std::string_view kOpen = "<ds:DigestValue>";
  size_t at = document.find("<ds:SignedInfo>");
  for (int k = 0; k < kMore + 2; ++k) {
    at = document.find(kOpen, at) + kOpen.size();
    std::string bad = document;
    bad[at] = bad[at] == 'A' ? 'B' : 'A';
    // Even when the signer himself signs the bad digest.
    ExpectNoneIntact(bad);
    ExpectNoneIntact(WithValue(bad, SignRaw(signing_.key(), EVP_sha256(), SignedInfoOctets(bad))),
                     k == 0 ? "CONTENT_ALTERED" : "SIGNED_PROPERTIES_ALTERED");
  }
  for (int i = 0; i < 20; ++i) more += Between(more, "<ds:Reference", "</ds:Reference>");
  ExpectNoneIntact(Again(InsertedBefore(document, "</ds:SignedInfo>", more)),
                   "TOO_MANY_REFERENCES");
}

TEST_F(SignedInfo, P21_NoReferenceNoDigestAndTheSameTwice) {
  const std::string first = Between(bordereau_, "<ds:Reference", "</ds:Reference>");
  const std::string rest =
      Between(Replaced(bordereau_, first, ""), "<ds:Reference", "</ds:Reference>");
  ExpectNoneIntact(Again(Replaced(Replaced(bordereau_, first, ""), rest, "")),
                   "SIGNATURE_STRUCTURE");
  ExpectNoneIntact(Again(Replaced(bordereau_, first, "")), "REFERENCE_NOT_AT_ALLOWED_PATH");
  ExpectNoneIntact(Again(Replaced(bordereau_, first, first + first)),
                   "REFERENCE_NOT_AT_ALLOWED_PATH");
  const std::string value = Between(bordereau_, "<ds:DigestValue>", "</ds:DigestValue>");
  ExpectNoneIntact(Replaced(bordereau_, value, ""), "SIGNATURE_STRUCTURE");
  ExpectNoneIntact(Replaced(bordereau_, value, value + value), "SIGNATURE_STRUCTURE");
  for (const std::string empty :
       {"<ds:DigestValue></ds:DigestValue>", "<ds:DigestValue>AAAA</ds:DigestValue>"}) {
    const std::string document = Replaced(bordereau_, value, empty);
    ExpectNoneIntact(
        WithValue(document, SignRaw(signing_.key(), EVP_sha256(), SignedInfoOctets(document))),
        "CONTENT_ALTERED");
  }
}

TEST_F(SignedInfo, P22_Sha1IsIntactButNotEnough) {
  const std::string sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";
  const std::string documents[] = {
      Again(Replaced(bordereau_, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                     "http://www.w3.org/2000/09/xmldsig#rsa-sha1")),
      Again(Replaced(bordereau_, "http://www.w3.org/2001/04/xmlenc#sha256", sha1))};
  for (const std::string& document : documents) {
    const auto report = signing_.VerifyTrusted(document);
    ASSERT_EQ(report.signatures.size(), 1u);
    EXPECT_EQ(report.signatures[0].integrity, Integrity::kIntact);
    EXPECT_EQ(report.signatures[0].indication, Indication::kIndeterminate);
    EXPECT_EQ(report.signatures[0].sub_indication, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
    EXPECT_EQ(report.verdict, Verdict::kIndeterminate);
  }
  ExpectNoneIntact(Again(Replaced(bordereau_, "http://www.w3.org/2001/04/xmlenc#sha256",
                                  "http://www.w3.org/2001/04/xmldsig-more#md5")),
                   "ALGORITHM_REFUSED");
}

TEST_F(SignedInfo, P22_DigestOfAReferenceCountsUntilItsDay) {
  const std::string document = Again(Replaced(bordereau_, "http://www.w3.org/2001/04/xmlenc#sha256",
                                              "http://www.w3.org/2001/04/xmldsig-more#sha224"));
  const std::string root = signing_.folder().path() + "/root.pem";
  const absl::Time limit = verifier::AlgorithmLimits::BuiltIn().OfDigest(EVP_sha224()).until;
  ASSERT_LT(kSigningTime, limit);
  ASSERT_NE(limit, absl::InfiniteFuture());
  EXPECT_EQ(signing_.VerifyWith(document, root).verdict, Verdict::kTotalPassed);
  const auto late = signing_.VerifyWith(document, root, limit - kSigningTime);
  ASSERT_EQ(late.signatures.size(), 1u);
  EXPECT_EQ(late.signatures[0].sub_indication, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
  EXPECT_THAT(late.signatures[0].reasons,
              testing::Contains(testing::Field(&verifier::SignatureReason::detail, "SHA224")));
}

TEST_F(SignedInfo, OtherSoundAlgorithmsPass) {
  for (const std::string bits : {"384", "512"}) {
    const std::string digest = bits == "384" ? "http://www.w3.org/2001/04/xmldsig-more#sha384"
                                             : "http://www.w3.org/2001/04/xmlenc#sha512";
    ExpectPassed(Again(Replaced(Replaced(bordereau_, "#rsa-sha256", "#rsa-sha" + bits),
                                "http://www.w3.org/2001/04/xmlenc#sha256", digest)));
  }
}

class WholeDocument : public SignedInfo {};

TEST_F(WholeDocument, InstructionsOutsideTheRootCountUnderAnEmptyUriOnly) {
  const std::string id = Between(Between(whole_, "<ds:Reference", ">"), "URI=\"", "\"");
  const std::string empty = Again(Replaced(whole_, id, "URI=\"\""));
  ExpectPassed(empty);
  for (const std::string instruction : {"<?p i?>", "<?xml-stylesheet href=\"x\"?>"}) {
    ExpectNoneIntact(instruction + empty, "CONTENT_ALTERED");
    ExpectNoneIntact(empty + instruction, "CONTENT_ALTERED");
    ExpectPassed(instruction + whole_);
    ExpectPassed(whole_ + instruction);
  }
  ExpectPassed("<!-- c -->" + empty + "<!-- c -->\n");
}

TEST_F(WholeDocument, BothEmptyUriAndTheId) {
  const std::string reference = Between(whole_, "<ds:Reference", "</ds:Reference>");
  const std::string uri = Between(reference, "URI=\"", "\"");
  ExpectNoneIntact(
      Again(Replaced(whole_, reference, reference + Replaced(reference, uri, "URI=\"\""))),
      "REFERENCE_NOT_AT_ALLOWED_PATH");
}

}  // namespace
}  // namespace sceau::test
