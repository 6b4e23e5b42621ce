// P-01, P-02, P-03: what is signed and what is read must be one and the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/verifier/forgery.h"

namespace sceau::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using verifier::Integrity;
using verifier::UnsignedWhy;
using verifier::Verdict;

// Where the genuine, signed element goes; a forged one takes its place.
struct Position {
  const char* name;
  const char* before;  // the genuine element goes before this mark
  const char* open;    // in this wrapper
  const char* close;
};

void PrintTo(const Position& position, std::ostream* out) { *out << position.name; }

constexpr Position kBordereauPositions[] = {
    {"BeforeTheForged", "<Bordereau ", "", ""},
    {"AfterTheForged", "</PES_DepenseAller>", "", ""},
    {"FirstInTheRoot", "<Enveloppe>", "", ""},
    {"LastInTheRoot", "</n:PES_Aller>", "", ""},
    {"InAWrapperInTheDomain", "</PES_DepenseAller>", "<Autre>", "</Autre>"},
    {"InAnExtension", "</EnTetePES>", "<x:Ext xmlns:x=\"urn:x\">", "</x:Ext>"},
    {"InThePieces", "</PES_PJ>", "<PJ><Contenu>", "</Contenu></PJ>"},
    {"InAnotherDomain", "<PES_PJ>", "<PES_RecetteAller>", "</PES_RecetteAller>"},
};

class BordereauWrapping : public Attack, public testing::WithParamInterface<Position> {
 protected:
  // The forged bordereau: another amount, and an Id of its own where `id` says so.
  std::string Forged(const std::string& id) const {
    const std::string unsigned_element = Replaced(element_, signature_, "");
    return Replaced(ReplacedAll(unsigned_element, "MtBordHT V=\"", "MtBordHT V=\"9"),
                    "Id=\"BORDD0001\"", id);
  }
  std::string Wrap(const std::string& genuine, const std::string& forged) const {
    const std::string document = Replaced(bordereau_, element_, forged);
    return InsertedBeforeLast(document, GetParam().before,
                              GetParam().open + genuine + GetParam().close);
  }
  std::string WithSignature(const std::string& bordereau) const {
    return Replaced(bordereau, "</Bordereau>", signature_ + "</Bordereau>");
  }
};

TEST_P(BordereauWrapping, P01_SignatureStaysWithTheGenuineOne) {
  const auto report = signing_.VerifyTrusted(Wrap(element_, Forged("Id=\"FORGED\"")));
  // Where the genuine one still is a bordereau it passes; the forged one is never signed.
  EXPECT_NE(report.verdict, Verdict::kTotalPassed);
  for (const auto& signature : report.signatures) EXPECT_NE(signature.of, "FORGED");
}

TEST_P(BordereauWrapping, P01_SignatureGoesWithTheForgedOne) {
  const std::string genuine = Replaced(element_, signature_, "");
  for (const std::string id :
       {"Id=\"FORGED\"", "", "ID=\"FORGED\"", "x:Id=\"BORDD0001\" xmlns:x=\"urn:x\""}) {
    ExpectNoneIntact(Wrap(genuine, WithSignature(Forged(id))), "REFERENCE_NOT_AT_ALLOWED_PATH");
  }
}

TEST_P(BordereauWrapping, P01_BothHaveTheId) {
  const std::string genuine = Replaced(element_, signature_, "");
  ExpectNoneIntact(Wrap(genuine, WithSignature(Forged("Id=\"BORDD0001\""))), "DUPLICATE_ID");
  ExpectNoneIntact(Wrap(element_, Forged("Id=\"BORDD0001\"")));
}

INSTANTIATE_TEST_SUITE_P(Positions, BordereauWrapping, testing::ValuesIn(kBordereauPositions),
                         [](const auto& tested) { return std::string(tested.param.name); });

// For the whole file: the genuine root goes into the forged one.
constexpr Position kRootPositions[] = {
    {"FirstChild", "<Enveloppe>", "", ""},
    {"LastChild", "</n:PES_Aller>", "", ""},
    {"InTheEnvelope", "</Enveloppe>", "", ""},
    {"InAWrapper", "</n:PES_Aller>", "<Autre>", "</Autre>"},
    {"InTheDomain", "</PES_DepenseAller>", "", ""},
    {"InThePieces", "</PES_PJ>", "<PJ>", "</PJ>"},
    {"InAnObjectOfTheSignature", "</ds:Signature>", "<ds:Object>", "</ds:Object>"},
    {"InASecondSignature", "</n:PES_Aller>",
     "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:Object>",
     "</ds:Object></ds:Signature>"},
};

class RootWrapping : public Attack, public testing::WithParamInterface<Position> {
 protected:
  std::string Wrap(const std::string& genuine, const std::string& forged) const {
    return InsertedBeforeLast(forged, GetParam().before,
                              GetParam().open + genuine + GetParam().close);
  }
};

TEST_P(RootWrapping, P01_InEveryWay) {
  const std::string signature = Between(whole_, "<ds:Signature ", "</ds:Signature>");
  const std::string root_id = Between(whole_, " Id=\"", "\"");
  const std::string genuine = Replaced(whole_, signature, "");
  const std::string forged = ReplacedAll(whole_, "MtBordHT V=\"", "MtBordHT V=\"9");
  const auto with_id = [&](const std::string& id) { return Replaced(forged, root_id, id); };
  // The signature with the forged root, the genuine one hidden.
  ExpectNoneIntact(Wrap(genuine, forged));
  ExpectNoneIntact(Wrap(genuine, with_id(" Id=\"FORGED\"")));
  ExpectNoneIntact(Wrap(genuine, with_id("")));
  // The genuine root with its signature inside a forged one.
  if (std::string(GetParam().open).find("ds:Object") != std::string::npos) return;
  const std::string bare = Replaced(with_id(" Id=\"FORGED\""), signature, "");
  const auto report = signing_.VerifyTrusted(Wrap(whole_, bare));
  EXPECT_NE(report.verdict, Verdict::kTotalPassed);
  for (const auto& one : report.signatures) EXPECT_NE(one.integrity, Integrity::kIntact);
}

INSTANTIATE_TEST_SUITE_P(Positions, RootWrapping, testing::ValuesIn(kRootPositions),
                         [](const auto& tested) { return std::string(tested.param.name); });

class Coverage : public Attack {};

TEST_F(Coverage, P02_ExtraUnsignedBordereauIsMissingASignature) {
  const std::string extra =
      Replaced(Replaced(element_, signature_, ""), "Id=\"BORDD0001\"", "Id=\"EXTRA\"");
  for (const bool first : {true, false}) {
    const std::string document = first ? InsertedBefore(bordereau_, "<Bordereau ", extra)
                                       : InsertedBefore(bordereau_, "</PES_DepenseAller>", extra);
    const auto report = signing_.VerifyTrusted(document);
    ASSERT_EQ(report.signatures.size(), 1u);
    EXPECT_EQ(report.signatures[0].indication, verifier::Indication::kTotalPassed);
    EXPECT_EQ(report.verdict, Verdict::kIncomplete);
    EXPECT_EQ(verifier::ExitCodeOf(report), 3);
    ASSERT_EQ(report.unsigned_elements.size(), 1u);
    EXPECT_EQ(report.unsigned_elements[0].of, "EXTRA");
    EXPECT_EQ(report.unsigned_elements[0].why, UnsignedWhy::kMissing);
  }
}

// No signature of a bordereau covers the flag: whoever adds a bordereau can change it.
TEST_F(Coverage, P02_ExtraUnsignedBordereauIsMissingWhateverTheFlagSays) {
  const std::string extra =
      Replaced(Replaced(element_, signature_, ""), "Id=\"BORDD0001\"", "Id=\"EXTRA\"");
  const std::string document = InsertedBefore(bordereau_, "</PES_DepenseAller>", extra);
  const std::string flag = "<InfoDematerialisee V=\"1\"/>";
  for (const char* instead : {"<InfoDematerialisee V=\"0\"/>", "", "<InfoDematerialisee/>",
                              "<InfoDematerialisee V=\"1\"/><InfoDematerialisee V=\"0\"/>"}) {
    const auto report = signing_.VerifyTrusted(Replaced(document, flag, instead));
    ASSERT_EQ(report.unsigned_elements.size(), 1u);
    EXPECT_EQ(report.unsigned_elements[0].of, "EXTRA");
    EXPECT_EQ(report.unsigned_elements[0].why, UnsignedWhy::kMissing) << instead;
    EXPECT_EQ(report.verdict, Verdict::kIncomplete);
    EXPECT_EQ(verifier::ExitCodeOf(report), 3);
  }
}

TEST_F(Coverage, P02_FlagExcusesOnlyWherePlainlyNo) {
  const std::string unsigned_text = Replaced(bordereau_, signature_, "");
  const std::string flag = "<InfoDematerialisee V=\"1\"/>";
  const auto why = [&](const std::string& instead) {
    const auto report = signing_.VerifyTrusted(Replaced(unsigned_text, flag, instead));
    EXPECT_EQ(report.unsigned_elements.size(), 1u);
    return report.unsigned_elements.front().why;
  };
  const std::string no = "<InfoDematerialisee V=\"0\"/>";
  const std::string again = "</EnTeteDepense><EnTeteDepense>";
  for (const std::string& instead : {std::string(), no, no + no}) {
    EXPECT_EQ(why(instead), UnsignedWhy::kNotDematerialised) << instead;
  }
  for (const std::string& instead :
       {flag + no, no + flag, flag + again + no, no + again + flag,
        std::string("<InfoDematerialisee V=\" 1\"/>"), std::string("<InfoDematerialisee V=\"\"/>"),
        std::string("<InfoDematerialisee V=\"oui\"/>")}) {
    EXPECT_EQ(why(instead), UnsignedWhy::kMissing) << instead;
  }
  // A second domain element of the same name is the same domain.
  const std::string second =
      "<PES_DepenseAller><EnTeteDepense>" + no + "</EnTeteDepense></PES_DepenseAller>";
  const auto report =
      signing_.VerifyTrusted(InsertedAfter(unsigned_text, "</PES_DepenseAller>", second));
  ASSERT_EQ(report.unsigned_elements.size(), 1u);
  EXPECT_EQ(report.unsigned_elements[0].why, UnsignedWhy::kMissing);
}

// The root signed by somebody else, over one bordereau that is signed and one that is not.
class RootOfAnother : public Attack {
 protected:
  RootOfAnother() {
    gen::PesSpec spec = SmallSpec();
    spec.depense = 2;
    const std::string text = Generate(spec);
    other_root_ = other_.folder().path() + "/root.pem";
    auto whole = other_.Parameters();
    whole.selection.what = signer::Selection::What::kWhole;
    only_root_ = *other_.Sign(text, whole);
    auto first = signing_.Parameters();
    first.selection = {signer::Selection::What::kListed, {"BORDD0001"}};
    both_ = *other_.Sign(*signing_.Sign(text, first), whole);
  }
  verifier::FileReport Judge(const std::string& document,
                             const std::vector<std::string>& anchors) const {
    verifier::VerifyOptions options;
    options.validation_time = kSigningTime + absl::Hours(1);
    options.trust = *verifier::TrustAnchors::Load(anchors);
    return verifier::Verify(signing_.AsFile(document), "test", options);
  }

  Signing other_;
  std::string own_root_ = signing_.folder().path() + "/root.pem";
  std::string other_root_, only_root_, both_;
};

TEST_F(RootOfAnother, P02_StandsForABordereauWhereItIsValid) {
  for (const std::string& document : {both_, only_root_}) {
    const auto report = Judge(document, {own_root_, other_root_});
    EXPECT_EQ(report.verdict, Verdict::kTotalPassed);
    EXPECT_TRUE(report.unsigned_elements.empty());
  }
}

TEST_F(RootOfAnother, P02_IntactAloneDoesNotStandForABordereau) {
  const auto report = Judge(both_, {own_root_});
  ASSERT_EQ(report.signatures.size(), 2u);
  EXPECT_EQ(report.signatures[1].integrity, Integrity::kIntact);
  EXPECT_EQ(report.signatures[1].indication, verifier::Indication::kIndeterminate);
  ASSERT_EQ(report.unsigned_elements.size(), 1u);
  EXPECT_EQ(report.unsigned_elements[0].of, "BORDD0002");
  EXPECT_EQ(report.unsigned_elements[0].why, UnsignedWhy::kMissing);
  EXPECT_EQ(verifier::ExitCodeOf(report), 3);
  // It covers everything all the same.
  EXPECT_TRUE(report.not_covered.empty());
}

TEST_F(RootOfAnother, TheOnlySignatureLeavesTheFileIndeterminateAndNothingMissing) {
  const auto report = Judge(only_root_, {own_root_});
  EXPECT_EQ(report.verdict, Verdict::kIndeterminate);
  EXPECT_TRUE(report.unsigned_elements.empty());
}

TEST_F(Coverage, P02_BordereauInAForeignNamespaceIsListedAsNotCovered) {
  const std::string extra =
      Replaced(Replaced(element_, signature_, ""), "Id=\"BORDD0001\"", "xmlns=\"urn:x\"");
  const auto report =
      signing_.VerifyTrusted(InsertedBefore(bordereau_, "</PES_DepenseAller>", extra));
  EXPECT_THAT(report.not_covered, Contains("/n:PES_Aller/PES_DepenseAller/Bordereau{urn:x}"));
  // The genuine one moved into a namespace is not what was signed.
  ExpectNoneIntact(Replaced(bordereau_, "<Bordereau ", "<Bordereau xmlns=\"urn:x\" "));
  ExpectNoneIntact(
      Replaced(bordereau_, "<PES_DepenseAller>", "<PES_DepenseAller xmlns=\"urn:x\">"));
}

TEST_F(Coverage, P03_HeaderAndPiecesMayChangeAndAreListedAsNotCovered) {
  std::string changed = Replaced(bordereau_, "<CodCol V=\"", "<CodCol V=\"9");
  const size_t pieces = changed.find("<PES_PJ>");
  const size_t name = changed.find("<IdUnique V=\"", pieces);
  ASSERT_NE(name, std::string::npos);
  changed.insert(name + std::string("<IdUnique V=\"").size(), "X");
  const auto report = signing_.VerifyTrusted(changed);
  ASSERT_EQ(report.signatures.size(), 1u);
  EXPECT_EQ(report.signatures[0].integrity, Integrity::kIntact);
  EXPECT_THAT(report.not_covered,
              testing::IsSupersetOf({"/n:PES_Aller/EnTetePES", "/n:PES_Aller/PES_PJ",
                                     "/n:PES_Aller/PES_DepenseAller/EnTeteDepense"}));
  // Under a signature of the whole the same change is noticed.
  ExpectNoneIntact(Replaced(whole_, "<CodCol V=\"", "<CodCol V=\"9"), "CONTENT_ALTERED");
}

TEST_F(Coverage, P03_ListOfWhatIsNotCoveredIsNeverSilentlyCut) {
  std::string junk;
  for (int i = 0; i < 200; ++i) junk += "<x" + std::to_string(i) + "/>";
  const auto report = signing_.VerifyTrusted(InsertedBefore(bordereau_, "<Enveloppe>", junk));
  EXPECT_THAT(report.not_covered, Contains("/n:PES_Aller/*"));
  EXPECT_LE(report.not_covered.size(), 66u);
}

class Places : public Attack {};

TEST_F(Places, SignatureAtAnyOtherPlaceIsMisplaced) {
  const std::string bare = Replaced(bordereau_, signature_, "");
  for (const std::string mark :
       {"</PES_DepenseAller>", "</EnTetePES>", "</PES_PJ>", "</PJ>", "</Enveloppe>",
        "</BlocBordereau>", "</Piece>", "</EnTeteDepense>"}) {
    const std::string document = InsertedBefore(bare, mark, signature_);
    ExpectNoneIntact(document, "SIGNATURE_MISPLACED");
    EXPECT_EQ(signing_.VerifyTrusted(document).verdict, Verdict::kTotalFailed) << mark;
  }
  // A bordereau's signature as a child of the root names an element that is not its parent.
  ExpectNoneIntact(InsertedBefore(bare, "</n:PES_Aller>", signature_),
                   "REFERENCE_NOT_AT_ALLOWED_PATH");
}

TEST_F(Places, SignatureOfABordereauMayStandBeforeItsOtherChildren) {
  // The enveloped transform takes it out wherever it stands; nothing else has changed.
  const std::string bare = Replaced(bordereau_, signature_, "");
  ExpectPassed(InsertedBefore(bare, "<BlocBordereau>", signature_));
}

TEST_F(Places, TwoSignaturesOfOneElementAreJudgedEachForItself) {
  // The copy has the same Ids: neither may be taken.
  ExpectNoneIntact(InsertedBefore(bordereau_, "</Bordereau>", signature_), "DUPLICATE_ID");
  // With Ids of its own: the first does not cover the second, both are broken.
  const std::string other = ReplacedAll(signature_, "BORDD0001_SIG_1", "BORDD0001_SIG_2");
  ExpectNoneIntact(InsertedBefore(bordereau_, "</Bordereau>", other), "CONTENT_ALTERED");
}

TEST_F(Places, SignatureInsideASignatureIsNoSignatureOfTheDocument) {
  const std::string counter = ReplacedAll(signature_, "BORDD0001_SIG_1", "COUNTER");
  for (const std::string mark : {"</ds:Object>", "</ds:KeyInfo>", "</ds:SignedInfo>"}) {
    const auto report = signing_.VerifyTrusted(InsertedBefore(bordereau_, mark, counter));
    for (const auto& signature : report.signatures) EXPECT_NE(signature.id, "COUNTER") << mark;
  }
  // As the property XAdES has for it, it changes nothing and is not judged.
  const std::string unsigned_properties =
      "<xad:UnsignedProperties><xad:UnsignedSignatureProperties><xad:CounterSignature>" + counter +
      "</xad:CounterSignature></xad:UnsignedSignatureProperties></xad:UnsignedProperties>";
  const auto report = signing_.VerifyTrusted(
      InsertedBefore(bordereau_, "</xad:QualifyingProperties>", unsigned_properties));
  ASSERT_EQ(report.signatures.size(), 1u);
  EXPECT_EQ(report.signatures[0].id, "BORDD0001_SIG_1");
}

TEST_F(Places, ContentHiddenInASignatureIsRefused) {
  const std::string forged = Replaced(Replaced(element_, signature_, ""), " Id=\"BORDD0001\"", "");
  const std::string object = "<ds:Object>" + forged + "</ds:Object>";
  ExpectNoneIntact(InsertedBefore(whole_, "</ds:Signature>", object), "SIGNATURE_STRUCTURE");
  ExpectNoneIntact(InsertedBefore(bordereau_, "</ds:Signature>", object), "SIGNATURE_STRUCTURE");
  ExpectNoneIntact(InsertedBefore(whole_, "</ds:KeyInfo>", forged));
  ExpectNoneIntact(InsertedBefore(whole_, "</ds:X509Data>", forged), "SIGNATURE_STRUCTURE");
  ExpectNoneIntact(
      InsertedBefore(whole_, "</xad:QualifyingProperties>",
                     "<xad:UnsignedProperties xmlns=\"\">" + forged + "</xad:UnsignedProperties>"),
      "SIGNATURE_STRUCTURE");
}

class Disguises : public Attack {};

TEST_F(Disguises, RootOfAnotherName) {
  const std::string other = ReplacedAll(bordereau_, "n:PES_Aller", "n:PES_Autre");
  ExpectNoneIntact(other, "SIGNATURE_MISPLACED");
  ExpectNoneIntact(ReplacedAll(whole_, "n:PES_Aller", "n:PES_Autre"), "CONTENT_ALTERED");
  ExpectNoneIntact(Replaced(bordereau_, "pes_v2/Rev0/aller\"", "pes_v2/Rev1/aller\""));
}

TEST_F(Disguises, PesInsideAnotherRoot) {
  for (const std::string& document : {bordereau_, whole_}) {
    ExpectNoneIntact("<autre>" + document + "</autre>", "SIGNATURE_MISPLACED");
    ExpectNoneIntact("<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:Object>" +
                     document + "</ds:Object></ds:Signature>");
  }
}

TEST_F(Disguises, PrefixDsBoundToSomethingElse) {
  // Then there is no signature at all.
  const auto report = signing_.VerifyTrusted(
      ReplacedAll(bordereau_, "\"http://www.w3.org/2000/09/xmldsig#\"", "\"urn:x\""));
  EXPECT_EQ(report.signatures.size(), 0u);
  EXPECT_EQ(report.verdict, Verdict::kNoSignature);
  // And with another prefix for the true namespace it is not what was signed.
  std::string renamed = ReplacedAll(bordereau_, "xmlns:ds=", "xmlns:d=");
  renamed = ReplacedAll(ReplacedAll(renamed, "<ds:", "<d:"), "</ds:", "</d:");
  ExpectNoneIntact(renamed, "SIGNATURE_VALUE_WRONG");
}

TEST_F(Disguises, WholeSignedFileWithSomethingAdded) {
  const std::string element = "<Ajout V=\"1\"/>";
  ExpectNoneIntact(InsertedBefore(whole_, "</n:PES_Aller>", element), "CONTENT_ALTERED");
  ExpectNoneIntact(InsertedBefore(whole_, "</n:PES_Aller>", "<?p i?>"), "CONTENT_ALTERED");
  ExpectNoneIntact(InsertedBefore(whole_, "</n:PES_Aller>", "text"), "CONTENT_ALTERED");
  // Comments are not covered by the canonical form that was signed.
  ExpectPassed(InsertedBefore(whole_, "</n:PES_Aller>", "<!-- c -->"));
  ExpectRefused(whole_ + element, Reason::kNotXml);
}

}  // namespace
}  // namespace sceau::test
