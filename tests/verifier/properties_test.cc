// P-10 to P-12: what the report says of the signer is what the signer signed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "tests/verifier/forgery.h"

namespace sceau::test {
namespace {

using verifier::Indication;
using verifier::Integrity;
using verifier::Verdict;

class Properties : public Attack {
 protected:
  Properties() {
    qualifying_ = Between(bordereau_, "<xad:QualifyingProperties", "</xad:QualifyingProperties>");
    forged_ =
        Replaced(ReplacedAll(qualifying_, "BORDD0001_SIG_1_SP", "FORGED_SP"), "Maire de", "Roi de");
  }
  std::string Again(const std::string& document) { return Resealed(document, signing_.key()); }
  // INTACT, but the Hélios policy is not met.
  void ExpectPolicyNotMet(const std::string& document, std::string_view code,
                          std::string_view sub_indication = "SIG_CONSTRAINTS_FAILURE") {
    const auto report = signing_.VerifyTrusted(document);
    ASSERT_EQ(report.signatures.size(), 1u);
    const auto& signature = report.signatures[0];
    EXPECT_EQ(signature.integrity, Integrity::kIntact) << testing::PrintToString(Codes(signature));
    EXPECT_EQ(signature.indication, Indication::kIndeterminate) << code;
    EXPECT_EQ(signature.sub_indication, sub_indication);
    EXPECT_THAT(Codes(signature), testing::Contains(std::string(code)));
  }
  std::string qualifying_;
  std::string forged_;
};

TEST_F(Properties, P10_SecondQualifyingProperties) {
  const std::string object = "<ds:Object>" + forged_ + "</ds:Object>";
  ExpectNoneIntact(InsertedBefore(bordereau_, "</ds:Signature>", object), "SIGNATURE_STRUCTURE");
  ExpectNoneIntact(InsertedBefore(bordereau_, "<ds:Object>", object), "SIGNATURE_STRUCTURE");
  ExpectNoneIntact(InsertedBefore(bordereau_, "</ds:Object>", forged_), "SIGNATURE_STRUCTURE");
  ExpectNoneIntact(InsertedAfter(bordereau_, "<ds:Object>", forged_), "SIGNATURE_STRUCTURE");
  // In another version of the namespace it is one as well.
  ExpectNoneIntact(InsertedBefore(bordereau_, "</ds:Signature>",
                                  ReplacedAll(object, "http://uri.etsi.org/01903/v1.2.2#",
                                              "http://uri.etsi.org/01903/v1.3.2#")),
                   "SIGNATURE_STRUCTURE");
}

TEST_F(Properties, P10_NestedDecoysAreNeverReported) {
  for (const std::string mark :
       {"</xad:QualifyingProperties>", "</ds:KeyInfo>", "</ds:X509Data>"}) {
    const auto report = signing_.VerifyTrusted(InsertedBefore(bordereau_, mark, forged_));
    for (const auto& signature : report.signatures) {
      EXPECT_THAT(signature.claimed_role, testing::Not(testing::HasSubstr("Roi")));
    }
  }
}

TEST_F(Properties, P10_SecondSignedPropertiesOrSecondOfAnyProperty) {
  const std::string signed_properties =
      Between(bordereau_, "<xad:SignedProperties", "</xad:SignedProperties>");
  const std::string decoy = Between(forged_, "<xad:SignedProperties", "</xad:SignedProperties>");
  for (const std::string& two : {signed_properties + decoy, decoy + signed_properties}) {
    ExpectNoneIntact(Replaced(bordereau_, signed_properties, two), "SIGNATURE_STRUCTURE");
  }
  for (const std::string name : {"SigningTime", "SignerRole", "SigningCertificate",
                                 "SignatureProductionPlace", "SignaturePolicyIdentifier"}) {
    const std::string one = Between(bordereau_, "<xad:" + name + ">", "</xad:" + name + ">");
    ExpectNoneIntact(Again(Replaced(bordereau_, one, one + one)), "SIGNATURE_STRUCTURE");
  }
}

TEST_F(Properties, P11_SignedPropertiesThatNoReferenceNames) {
  const std::string first = Between(bordereau_, "<ds:Reference", "</ds:Reference>");
  const std::string second =
      Between(Replaced(bordereau_, first, ""), "<ds:Reference", "</ds:Reference>");
  ExpectNoneIntact(Again(Replaced(bordereau_, second, "")), "SIGNED_PROPERTIES_NOT_SIGNED");
  // The reference names a decoy: another part of the signature, or an element outside.
  for (const std::string decoy :
       {"<ds:Object><xad:SignedProperties xmlns:xad=\"http://uri.etsi.org/01903/v1.2.2#\" "
        "Id=\"DECOY\"/></ds:Object>",
        "<ds:Object Id=\"DECOY\"></ds:Object>"}) {
    const std::string document = InsertedBefore(bordereau_, "</ds:Signature>", decoy);
    ExpectNoneIntact(Again(Replaced(document, "URI=\"#BORDD0001_SIG_1_SP\"", "URI=\"#DECOY\"")),
                     "SIGNED_PROPERTIES_NOT_SIGNED");
  }
  const std::string outside = InsertedBefore(bordereau_, "<Enveloppe>", "<Autre Id=\"DECOY\"/>");
  ExpectNoneIntact(Again(Replaced(outside, "URI=\"#BORDD0001_SIG_1_SP\"", "URI=\"#DECOY\"")),
                   "REFERENCE_NOT_AT_ALLOWED_PATH");
  // The true Id moved to an element outside; SignedProperties has another.
  const std::string moved =
      InsertedBefore(Replaced(bordereau_, "SignedProperties Id=\"BORDD0001_SIG_1_SP\"",
                              "SignedProperties Id=\"X\""),
                     "<Enveloppe>", "<Autre Id=\"BORDD0001_SIG_1_SP\"/>");
  ExpectNoneIntact(moved, "REFERENCE_NOT_AT_ALLOWED_PATH");
  ExpectNoneIntact(Again(moved), "REFERENCE_NOT_AT_ALLOWED_PATH");
  // The reference names all of the object: the properties are not what it names.
  const std::string object = Replaced(bordereau_, "<ds:Object>", "<ds:Object Id=\"OBJ\">");
  ExpectNoneIntact(Again(Replaced(object, "URI=\"#BORDD0001_SIG_1_SP\"", "URI=\"#OBJ\"")),
                   "SIGNED_PROPERTIES_NOT_SIGNED");
}

TEST_F(Properties, P12_TextSplitByACommentIsNeverReadInPart) {
  struct Split {
    const char* tag;
    size_t at;
  };
  for (const Split split : {Split{"<xad:ClaimedRole>", 5}, Split{"<ds:X509SerialNumber>", 3},
                            Split{"<xad:SigningTime>", 4}, Split{"<xad:City>", 2},
                            Split{"<xad:Identifier>", 8}, Split{"<ds:X509IssuerName>", 3}}) {
    for (const std::string markup : {"<!-- c -->", "<?p?>", "<b/>"}) {
      std::string document = bordereau_;
      const size_t at = document.find(split.tag);
      ASSERT_NE(at, std::string::npos) << split.tag;
      document.insert(at + std::string(split.tag).size() + split.at, markup);
      ExpectNoneIntact(document, "SIGNATURE_STRUCTURE");
      ExpectNoneIntact(Again(document), "SIGNATURE_STRUCTURE");
    }
  }
}

TEST_F(Properties, P12_ValuesOfTheBordereauAreAttributesAndWhole) {
  // A comment inside the signed element changes no value that is read.
  const auto report =
      signing_.VerifyTrusted(InsertedAfter(bordereau_, "<BlocBordereau>", "<!-- c -->"));
  EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
  EXPECT_EQ(report.signatures[0].of, "BORDD0001");
}

TEST_F(Properties, TargetPointingElsewhere) {
  for (const std::string target : {"#OTHER", "", "#", "BORDD0001", "#BORDD0001",
                                   "#BORDD0001_SIG_1 ", "http://x/#BORDD0001_SIG_1"}) {
    ExpectNoneIntact(
        Replaced(bordereau_, "Target=\"#BORDD0001_SIG_1\"", "Target=\"" + target + "\""),
        "SIGNATURE_STRUCTURE");
  }
  ExpectNoneIntact(Replaced(bordereau_, " Target=\"#BORDD0001_SIG_1\"", ""), "SIGNATURE_STRUCTURE");
  ExpectPassed(Replaced(bordereau_, "Target=\"#BORDD0001_SIG_1\"", "Target=\"BORDD0001_SIG_1\""));
}

TEST_F(Properties, XmlDsigWithoutXadesIsNoSignatureOfTheField) {
  const std::string object = Between(bordereau_, "<ds:Object", "</ds:Object>");
  const std::string first = Between(bordereau_, "<ds:Reference", "</ds:Reference>");
  const std::string second =
      Between(Replaced(bordereau_, first, ""), "<ds:Reference", "</ds:Reference>");
  ExpectNoneIntact(Again(Replaced(Replaced(bordereau_, object, ""), second, "")),
                   "SIGNING_CERTIFICATE_NOT_NAMED");
}

TEST_F(Properties, ChangedWithoutSigningAgain) {
  for (const char* value : {"Maire de", "2025-01-01", "98800", "1.2.250.1.131.1.5.18.21.1.7"}) {
    std::string document = bordereau_;
    const size_t at = document.find(value, document.find("<xad:SignedProperties"));
    ASSERT_NE(at, std::string::npos) << value;
    document[at] = document[at] == '1' ? '2' : '1';
    ExpectNoneIntact(document, "SIGNED_PROPERTIES_ALTERED");
  }
}

TEST_F(Properties, PolicyThatIsMissingUnknownOrOther) {
  const std::string policy =
      Between(bordereau_, "<xad:SignaturePolicyIdentifier>", "</xad:SignaturePolicyIdentifier>");
  ExpectPolicyNotMet(Again(Replaced(bordereau_, policy, "")), "POLICY_MISSING");
  ExpectPolicyNotMet(Again(Replaced(bordereau_, policy,
                                    "<xad:SignaturePolicyIdentifier><xad:SignaturePolicyImplied/>"
                                    "</xad:SignaturePolicyIdentifier>")),
                     "POLICY_MISSING");
  ExpectPolicyNotMet(Again(Replaced(bordereau_, "18.21.1.7", "18.21.1.99")), "POLICY_UNKNOWN",
                     "SIGNATURE_POLICY_NOT_AVAILABLE");
  for (const std::string hash : {"", "AAAA", "Jkdb+aba0Hz6+ZPKmKNhPByzQ+Q="}) {
    ExpectPolicyNotMet(
        Again(Replaced(bordereau_, "roF9+cfRHNPtVJolhdqfIqGMVuUXX8aR4rpiquf0u5E=", hash)),
        "POLICY_HASH_DIFFERS", "POLICY_PROCESSING_ERROR");
  }
  const std::string hash = Between(bordereau_, "<xad:SigPolicyHash>", "</xad:SigPolicyHash>");
  ExpectPolicyNotMet(Again(Replaced(bordereau_, hash, "")), "POLICY_HASH_DIFFERS",
                     "POLICY_PROCESSING_ERROR");
  // The right value under the name of another algorithm is another hash.
  ExpectPolicyNotMet(Again(Replaced(bordereau_, hash,
                                    Replaced(hash, "http://www.w3.org/2001/04/xmlenc#sha256",
                                             "http://www.w3.org/2000/09/xmldsig#sha1"))),
                     "POLICY_HASH_DIFFERS", "POLICY_PROCESSING_ERROR");
}

TEST_F(Properties, WhatThePolicyDemands) {
  const auto without = [&](const std::string& name) {
    return Again(
        Replaced(bordereau_, Between(bordereau_, "<xad:" + name + ">", "</xad:" + name + ">"), ""));
  };
  ExpectPolicyNotMet(without("SigningTime"), "SIGNING_TIME_MISSING");
  ExpectPolicyNotMet(without("SignerRole"), "ROLE_MISSING");
  ExpectPolicyNotMet(without("SignatureProductionPlace"), "PLACE_MISSING");
  ExpectPolicyNotMet(without("City"), "PLACE_MISSING");
  ExpectNoneIntact(without("SigningCertificate"), "SIGNING_CERTIFICATE_NOT_NAMED");
}

}  // namespace
}  // namespace sceau::test
