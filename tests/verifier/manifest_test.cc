// Manifests: what a signed list names is as good as signed, or the signature is not good.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/strings.h"
#include "tests/verifier/forgery.h"
#include "xml/fragment.h"

namespace sceau::test {
namespace {

using testing::Contains;
using testing::Not;
using verifier::Indication;
using verifier::Integrity;

constexpr std::string_view kSha256 = "http://www.w3.org/2001/04/xmlenc#sha256";

std::string Reference(std::string_view uri, const std::string& digest,
                      std::string_view transforms = {}, std::string_view type = {}) {
  return Concat("<ds:Reference URI=\"", uri, "\"", type, ">", transforms,
                "<ds:DigestMethod Algorithm=\"", kSha256, "\"/><ds:DigestValue>", digest,
                "</ds:DigestValue></ds:Reference>");
}
std::string DigestOfText(std::string_view text) {
  return ToBase64(DigestOf(DigestAlgorithm::kSha256, text));
}

class Manifests : public testing::Test {
 protected:
  Manifests() : key_(NewRsaKey()), certificate_(TestPki::SelfSigned(key_.get())) {}

  // A signature that signs one object: the manifest. `more`: further objects, signed by nothing but
  // the manifest.
  std::string Signature(const std::string& entries, const std::string& more = "") const {
    return Concat(
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>"
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>"
        "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>",
        Reference("#m", "", "", " Type=\"http://www.w3.org/2000/09/xmldsig#Manifest\""),
        "</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue><ds:KeyInfo><ds:X509Data>",
        X509CertificateElement(certificate_),
        "</ds:X509Data></ds:KeyInfo><ds:Object><ds:Manifest Id=\"m\">", entries,
        "</ds:Manifest></ds:Object>", more, "</ds:Signature>");
  }
  // A signature alone stands in some document.
  std::string Sealed(const std::string& document) const {
    const bool alone = document.starts_with("<ds:");
    return Resealed(alone ? Concat("<a>", document, "</a>") : document, key_.get());
  }

  verifier::SignatureReport Judge(const std::string& document,
                                  const std::map<std::string, std::string>& files = {}) const {
    verifier::VerifyOptions options;
    options.validation_time = kSigningTime;
    for (const auto& [name, content] : files) {
      options.contents.push_back(
          {name, std::make_shared<const InputFile>(signing_.AsFile(content))});
    }
    const auto report = verifier::Verify(signing_.AsFile(document), "test", options);
    EXPECT_EQ(report.signatures.size(), 1u) << report.refusal;
    return report.signatures.empty() ? verifier::SignatureReport() : report.signatures[0];
  }
  void ExpectFollowed(const verifier::SignatureReport& signature) const {
    EXPECT_EQ(signature.integrity, Integrity::kIntact) << testing::PrintToString(Codes(signature));
    for (const std::string code :
         {"MANIFEST_NOT_FOLLOWED", "MANIFEST_CONTENT_NOT_GIVEN", "MANIFEST_CONTENT_ALTERED"}) {
      EXPECT_THAT(Codes(signature), Not(Contains(code)));
    }
  }
  void ExpectBroken(const verifier::SignatureReport& signature) const {
    EXPECT_EQ(signature.integrity, Integrity::kBroken);
    EXPECT_EQ(signature.indication, Indication::kTotalFailed);
    EXPECT_EQ(signature.sub_indication, "HASH_FAILURE");
    EXPECT_THAT(Codes(signature), Contains("MANIFEST_CONTENT_ALTERED"));
  }
  void ExpectOpen(const verifier::SignatureReport& signature, const std::string& code) const {
    EXPECT_EQ(signature.integrity, Integrity::kIntact) << testing::PrintToString(Codes(signature));
    EXPECT_EQ(signature.indication, Indication::kIndeterminate);
    EXPECT_EQ(signature.sub_indication, "SIGNED_DATA_NOT_FOUND");
    EXPECT_THAT(Codes(signature), Contains(code));
  }

  Signing signing_;
  EvpPkeyHandle key_;
  std::string certificate_;
};

TEST_F(Manifests, ElementsOfTheDocument) {
  const std::string entries = Reference("#x", DigestOfText("<x Id=\"x\">1</x>")) +
                              Reference("#y", DigestOfText("<y Id=\"y\"><z></z></y>"));
  const std::string document =
      Sealed("<a><y Id=\"y\"><z/></y><x Id=\"x\">1</x><d>" + Signature(entries) + "</d></a>");
  const auto signature = Judge(document);
  ExpectFollowed(signature);
  EXPECT_THAT(signature.covers, testing::ElementsAre("#m", "#x", "#y"));
  ExpectBroken(Judge(Replaced(document, ">1<", ">2<")));
  ExpectBroken(Judge(Replaced(document, "<z/>", "<z></z>x")));
  // Taken away, or under another name.
  ExpectBroken(Judge(Replaced(document, "<x Id=\"x\">1</x>", "")));
  ExpectBroken(Judge(Replaced(document, "Id=\"x\"", "Id=\"w\"")));
  const auto twice = Judge(Replaced(document, "<a>", "<a><x Id=\"x\">2</x>"));
  EXPECT_NE(twice.integrity, Integrity::kIntact);
  EXPECT_THAT(Codes(twice), Contains("DUPLICATE_ID"));
}

TEST_F(Manifests, P20_EveryEntryIsLookedAt) {
  constexpr int kCount = 40;
  std::string elements, entries;
  for (int i = 0; i < kCount; ++i) {
    const std::string element = Concat("<c Id=\"x", i, "\">v", i, "v</c>");
    elements += element;
    entries += Reference(Concat("#x", i), DigestOfText(element));
  }
  const std::string document = Sealed("<a>" + elements + Signature(entries) + "</a>");
  ExpectFollowed(Judge(document));
  for (int i = 0; i < kCount; ++i) {
    ExpectBroken(Judge(Replaced(document, Concat(">v", i, "v<"), ">w<")));
  }
}

TEST_F(Manifests, ObjectsOfTheSignatureAndManifestsThatLeadToOthers) {
  const std::string object = "<ds:Object Id=\"o\">text</ds:Object>";
  const std::string canonical =
      "<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"o\">text</ds:Object>";
  ExpectFollowed(Judge(Sealed(Signature(Reference("#o", DigestOfText(canonical)), object))));
  const std::string inner = Concat("<ds:Manifest Id=\"i\">", Reference("#o", "$"),
                                   Reference("#m", "AAAA"), "</ds:Manifest>");
  const auto nested = [&](const std::string& digest) {
    const std::string manifest = Replaced(inner, "$", digest);
    const auto fragment = xml::Fragment::FromText(
        Replaced(manifest, "<ds:Manifest ",
                 "<ds:Manifest xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" "));
    EXPECT_TRUE(fragment.ok());
    xml::CanonicalOptions options;
    options.method = xml::CanonicalMethod::kInclusive10;
    xml::StringSink sink;
    EXPECT_TRUE(fragment->Canonicalise(fragment->root(), options, sink).ok());
    return Judge(Sealed(Signature(Reference("#i", DigestOfText(sink.text())),
                                  object + "<ds:Object>" + manifest + "</ds:Object>")));
  };
  // It leads back to the first, whose digest cannot be in it: broken, and it ends.
  ExpectBroken(nested(DigestOfText(canonical)));
  ExpectBroken(nested(DigestOfText("other")));
}

TEST_F(Manifests, FilesThatAreGiven) {
  const std::string document = Sealed(
      Signature(Reference("a.txt", DigestOfText("one")) + Reference("b.txt", DigestOfText("two"))));
  ExpectFollowed(Judge(document, {{"a.txt", "one"}, {"b.txt", "two"}}));
  ExpectBroken(Judge(document, {{"a.txt", "one"}, {"b.txt", "twO"}}));
  ExpectBroken(Judge(document, {{"a.txt", "two"}, {"b.txt", "one"}}));
  ExpectOpen(Judge(document, {{"a.txt", "one"}}), "MANIFEST_CONTENT_NOT_GIVEN");
  ExpectOpen(Judge(document), "MANIFEST_CONTENT_NOT_GIVEN");
  // Another file that is the only one stands for none.
  ExpectOpen(Judge(document, {{"c.txt", "one"}}), "MANIFEST_CONTENT_NOT_GIVEN");
}

TEST_F(Manifests, P15_WhatIsNamedElsewhereIsNotOpened) {
  for (const std::string uri :
       {"file:///etc/hostname", "http://127.0.0.1:9/x", "../x", "folder/x", "#xpointer(/)"}) {
    ExpectOpen(Judge(Sealed(Signature(Reference(uri, DigestOfText("one")))), {{"x", "one"}}),
               "MANIFEST_NOT_FOLLOWED");
  }
}

TEST_F(Manifests, P13_TransformsThatChooseAreNotFollowed) {
  const std::string transforms =
      "<ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">"
      "<ds:XPath>false()</ds:XPath></ds:Transform></ds:Transforms>";
  ExpectOpen(Judge(Sealed("<a><x Id=\"x\">1</x>" +
                          Signature(Reference("#x", DigestOfText(""), transforms)) + "</a>")),
             "MANIFEST_NOT_FOLLOWED");
}

TEST_F(Manifests, P30_EntriesAreBounded) {
  std::string entries;
  for (int i = 0; i < 1025; ++i) entries += Reference("#x", DigestOfText("<x Id=\"x\">1</x>"));
  ExpectOpen(Judge(Sealed("<a><x Id=\"x\">1</x><d>" + Signature(entries) + "</d></a>")),
             "MANIFEST_NOT_FOLLOWED");
}

// One that nothing signs says nothing.
TEST_F(Manifests, UnsignedManifestIsNoMatter) {
  const std::string entries = Reference("#x", DigestOfText("<x Id=\"x\">1</x>"));
  const std::string unsigned_one =
      "<ds:Object><ds:Manifest>" + Reference("#x", "AAAA") + "</ds:Manifest></ds:Object>";
  ExpectFollowed(
      Judge(Sealed("<a><x Id=\"x\">1</x><d>" + Signature(entries, unsigned_one) + "</d></a>")));
}

}  // namespace
}  // namespace sceau::test
