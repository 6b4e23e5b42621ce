// P-04, P-15, P-16: what an Id or a URI may and may not name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/verifier/forgery.h"

namespace sceau::test {
namespace {

class Ids : public Attack {
 protected:
  // The reference to the bordereau with another URI, signed again by the true signer.
  std::string WithUri(const std::string& uri) {
    return Resealed(Replaced(bordereau_, "URI=\"#BORDD0001\"", "URI=\"" + uri + "\""),
                    signing_.key());
  }
};

TEST_F(Ids, ResealingAloneGivesAValidSignature) {
  ExpectPassed(Resealed(bordereau_, signing_.key()));
  ExpectPassed(Resealed(whole_, signing_.key()));
}

TEST_F(Ids, P04_TheSameIdTwiceInBothOrdersAndEverySpelling) {
  for (const std::string spelling : {"Id", "ID", "id", "xml:id"}) {
    const std::string decoy = "<Autre " + spelling + "=\"BORDD0001\"/>";
    ExpectNoneIntact(InsertedBefore(bordereau_, "<Enveloppe>", decoy), "DUPLICATE_ID");
    ExpectNoneIntact(InsertedBefore(bordereau_, "</n:PES_Aller>", decoy), "DUPLICATE_ID");
    // Also for what only the signature itself names.
    const std::string properties = "<Autre " + spelling + "=\"BORDD0001_SIG_1_SP\"/>";
    ExpectNoneIntact(InsertedBefore(bordereau_, "<Enveloppe>", properties), "DUPLICATE_ID");
    ExpectNoneIntact(
        InsertedBefore(whole_, "</n:PES_Aller>", "<Autre " + spelling + "=\"PES_SIG_1_SP\"/>"));
  }
  // Two spellings on one element.
  ExpectNoneIntact(Replaced(bordereau_, "Id=\"BORDD0001\"", "Id=\"BORDD0001\" ID=\"BORDD0001\""),
                   "DUPLICATE_ID");
}

TEST_F(Ids, P04_OtherSpellingsAreNoIdOfTheSignedElement) {
  for (const std::string attribute :
       {"ID=\"BORDD0001\"", "id=\"BORDD0001\"", "xml:id=\"BORDD0001\"",
        "xmlns:p=\"urn:x\" p:Id=\"BORDD0001\"", "Idx=\"BORDD0001\""}) {
    ExpectNoneIntact(Resealed(Replaced(bordereau_, "Id=\"BORDD0001\"", attribute), signing_.key()),
                     "REFERENCE_NOT_AT_ALLOWED_PATH");
  }
}

TEST_F(Ids, P04_IdenticalIdsFarApartAndMany) {
  std::string many;
  for (int i = 0; i < 500; ++i) many += "<a Id=\"D" + std::to_string(i / 2) + "\"/>";
  many += "<Autre Id=\"BORDD0001\"/>";
  ExpectNoneIntact(InsertedBefore(bordereau_, "</n:PES_Aller>", many), "DUPLICATE_ID");
}

TEST_F(Ids, LookAlikes) {
  // A character reference in an Id is the character.
  ExpectPassed(Replaced(bordereau_, "Id=\"BORDD0001\"", "Id=\"&#66;ORDD0001\""));
  const std::string capital_beta = "\xCE\x92ORDD0001";
  const std::string fullwidth = "\xEF\xBC\xA2ORDD0001";
  for (const std::string other :
       {capital_beta, fullwidth, std::string("bordd0001"), std::string("BORDD0001 "),
        std::string("BORDD\xC2\xAD"
                    "0001")}) {
    ExpectNoneIntact(
        Replaced(bordereau_, "<Bordereau Id=\"BORDD0001\"", "<Bordereau Id=\"" + other + "\""),
        "REFERENCE_NOT_AT_ALLOWED_PATH");
    ExpectNoneIntact(WithUri("#" + other), "REFERENCE_NOT_AT_ALLOWED_PATH");
  }
  // e with acute as one character, and as two.
  const std::string composed =
      Resealed(ReplacedAll(bordereau_, "BORDD0001", "BORD\xC3\xA9"), signing_.key());
  ExpectPassed(composed);
  ExpectNoneIntact(Replaced(composed, "URI=\"#BORD\xC3\xA9\"", "URI=\"#BORDe\xCC\x81\""));
}

TEST_F(Ids, UrisThatOnlyResembleTheId) {
  for (const std::string uri :
       {"#%42ORDD0001", "# BORDD0001", "#BORDD0001 ", " #BORDD0001", "BORDD0001", "#",
        "##BORDD0001", "#BORDD0001_SIG_1", "?#BORDD0001"}) {
    ExpectNoneIntact(WithUri(uri));
  }
  // A bordereau's signature may not take the whole document instead.
  ExpectNoneIntact(WithUri(""), "REFERENCE_NOT_AT_ALLOWED_PATH");
}

TEST_F(Ids, EmptyIdIsNoName) {
  const std::string empty =
      Replaced(bordereau_, "<Bordereau Id=\"BORDD0001\"", "<Bordereau Id=\"\"");
  for (const std::string uri : {"", "#"}) {
    ExpectNoneIntact(
        Resealed(Replaced(empty, "URI=\"#BORDD0001\"", "URI=\"" + uri + "\""), signing_.key()));
  }
}

TEST_F(Ids, ReferenceWithoutUri) {
  ExpectNoneIntact(Resealed(Replaced(bordereau_, " URI=\"#BORDD0001\"", ""), signing_.key()),
                   "REFERENCE_REFUSED");
}

TEST_F(Ids, IdOfTheBordereauOnTheSignatureItself) {
  ExpectNoneIntact(
      Resealed(Replaced(Replaced(bordereau_, "Id=\"BORDD0001_SIG_1\"", "Id=\"BORDD0001\""),
                        "Target=\"#BORDD0001_SIG_1\"", "Target=\"#BORDD0001\""),
               signing_.key()),
      "DUPLICATE_ID");
}

TEST_F(Ids, P15_ExternalReferencesAreRefused) {
  for (const std::string uri :
       {"file:///etc/hostname", "http://127.0.0.1:9/x", "https://127.0.0.1/#BORDD0001",
        "/etc/hostname", "//127.0.0.1/x", "data:,x", "cid:x", "test.xml#BORDD0001"}) {
    ExpectNoneIntact(WithUri(uri), "REFERENCE_REFUSED");
  }
  // Nor beside the true ones.
  ExpectNoneIntact(
      Resealed(
          InsertedBefore(bordereau_, "</ds:SignedInfo>",
                         "<ds:Reference URI=\"file:///etc/hostname\"><ds:DigestMethod "
                         "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>"
                         "AAAA</ds:DigestValue></ds:Reference>"),
          signing_.key()),
      "REFERENCE_REFUSED");
}

TEST_F(Ids, P16_XPointersAreRefused) {
  for (const std::string uri :
       {"#xpointer(/)", "#xpointer(id('BORDD0001'))", "#xpointer(id(&quot;BORDD0001&quot;))",
        "#element(BORDD0001)", "#xmlns(a=b)"}) {
    ExpectNoneIntact(WithUri(uri), "REFERENCE_REFUSED");
  }
}

TEST_F(Ids, P68_IdsAreNeverInterpreted) {
  const std::string id = "x'] | //*[@a=";
  const std::string document = ReplacedAll(bordereau_, "BORDD0001", id);
  ExpectNoneIntact(Resealed(document, signing_.key()), "REFERENCE_REFUSED");
}

}  // namespace
}  // namespace sceau::test
