// P-27, P-30: what costs much is refused or costs little; and a file that changes is noticed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/strings.h"
#include "schemas/inspection.h"
#include "tests/verifier/forgery.h"
#include "verifier/scan.h"
#include "verifier/second_pass.h"

namespace sceau::test {
namespace {

using verifier::Verdict;

class Resources : public Attack {
 protected:
  static std::string Times(int n, std::string_view text) {
    std::string out;
    out.reserve(static_cast<size_t>(n) * text.size());
    for (int i = 0; i < n; ++i) out += text;
    return out;
  }
  // Refused by everything that reads a PES.
  void ExpectLimit(const std::string& document) {
    ExpectRefused(document, Reason::kXmlLimitExceeded);
    EXPECT_EQ(ReasonOf(schemas::Inspect(signing_.AsFile(document)).status()),
              Reason::kXmlLimitExceeded);
    EXPECT_EQ(ReasonOf(signing_.Sign(document, signing_.Parameters()).status()),
              Reason::kXmlLimitExceeded);
  }
};

TEST_F(Resources, P25_EntitiesThatMultiplyAreRefusedBeforeTheyAreRead) {
  // Some hundred bytes that stand for gigabytes, in an attribute.
  std::string entities = "<!ENTITY e0 \"0123456789\">";
  for (int i = 1; i < 10; ++i) {
    AppendTo(entities, "<!ENTITY e", i, " \"", Times(10, Concat("&e", i - 1, ";")), "\">");
  }
  std::string bomb =
      InsertedBefore(bordereau_, "<n:PES_Aller", Concat("<!DOCTYPE x [", entities, "]>"));
  bomb = Replaced(bomb, "<IdPost V=\"", "<IdPost V=\"&e9;");
  ExpectRefused(bomb, Reason::kDoctypeRefused);
  EXPECT_EQ(ReasonOf(schemas::Inspect(signing_.AsFile(bomb)).status()), Reason::kDoctypeRefused);
  EXPECT_EQ(ReasonOf(signing_.Sign(bomb, signing_.Parameters()).status()), Reason::kDoctypeRefused);
  // Without the declarations the reference means nothing.
  const auto report =
      signing_.VerifyTrusted(Replaced(bordereau_, "<IdPost V=\"", "<IdPost V=\"&e9;"));
  EXPECT_EQ(report.verdict, Verdict::kRefused);
}

TEST_F(Resources, P27_NamespaceNamesAreBounded) {
  // Exclusive canonicalisation would write the name for every child.
  const std::string name = "urn:" + std::string(1 << 20, 'x');
  const std::string children = Times(1000, "<p:a/>");
  ExpectLimit(InsertedBefore(
      Replaced(bordereau_, "<PES_DepenseAller>", "<PES_DepenseAller xmlns:p=\"" + name + "\">"),
      "<BlocBordereau>", children));
}

TEST_F(Resources, P27_ReservedXmlAttributesAreBounded) {
  std::string many = "<EnTetePES";
  for (int i = 0; i < 500; ++i) many += Concat(" xml:a", i, "=\"\"");
  ExpectLimit(Replaced(bordereau_, "<EnTetePES", many));
}

TEST_F(Resources, P27_NamespacedAttributesByTheThousand) {
  std::string declarations;
  std::string attributes;
  for (int i = 0; i < 200; ++i) {
    AppendTo(declarations, " xmlns:p", i, "=\"urn:p", i, "\"");
    AppendTo(attributes, " p", i, ":a=\"\"");
  }
  const std::string document =
      InsertedAfter(Replaced(bordereau_, "<Enveloppe>", "<Enveloppe" + declarations + ">"),
                    "<Parametres>", Times(5000, "<e" + attributes + "/>"));
  ExpectPassed(document);
}

TEST_F(Resources, P30_BordereauxAttachmentsAndSignaturesAreBounded) {
  ExpectLimit(InsertedBefore(bordereau_, "</PES_DepenseAller>", Times(100'001, "<Bordereau/>")));
  ExpectLimit(InsertedBefore(bordereau_, "</PES_PJ>", Times(100'001, "<PJ/>")));
  ExpectLimit(InsertedBefore(bordereau_, "</n:PES_Aller>", Times(100'001, "<ds:Signature/>")));
}

TEST_F(Resources, P30_HundredThousandSignaturesAreAllReported) {
  const auto report = signing_.VerifyTrusted(
      InsertedBefore(bordereau_, "</n:PES_Aller>", Times(99'999, "<ds:Signature/>")));
  EXPECT_EQ(report.verdict, Verdict::kTotalFailed);
  EXPECT_EQ(report.signatures.size(), 100'000u);
}

TEST_F(Resources, P30_SignaturesOfOneElementAreBounded) {
  const std::string signature = Between(whole_, "<ds:Signature ", "</ds:Signature>");
  const std::string id = Between(signature, " Id=\"", "\"");
  const std::string name = id.substr(5, id.size() - 6);
  std::string more;
  for (int i = 0; i < 200; ++i) more += ReplacedAll(signature, name, Concat("X", i));
  const auto report = signing_.VerifyTrusted(InsertedBefore(whole_, "</n:PES_Aller>", more));
  ASSERT_EQ(report.signatures.size(), 201u);
  EXPECT_EQ(report.verdict, Verdict::kTotalFailed);
  for (size_t i = 0; i < report.signatures.size(); ++i) {
    EXPECT_NE(report.signatures[i].integrity, verifier::Integrity::kIntact);
    const auto codes = Codes(report.signatures[i]);
    const testing::Matcher<const std::vector<std::string>&> crowded =
        testing::Contains(std::string("TOO_MANY_SIGNATURES"));
    EXPECT_EQ(testing::Matches(crowded)(codes), i >= 4) << i;
  }
}

TEST_F(Resources, SignatureOfMoreThanAMegabyteIsRefused) {
  ExpectRefused(
      InsertedBefore(bordereau_, "</ds:X509Data>",
                     "<ds:X509SubjectName>" + std::string(1 << 20, 'x') + "</ds:X509SubjectName>"),
      Reason::kXmlLimitExceeded);
  ExpectRefused(InsertedBefore(bordereau_, "</ds:X509Data>", Times(60'000, "<ds:a/>")),
                Reason::kXmlLimitExceeded);
}

TEST_F(Resources, AMillionReferencesToAttachments) {
  std::string references;
  for (int i = 0; i < 1'000'000; ++i) {
    AppendTo(references, "<PJRef><IdUnique V=\"P", i, "\"/></PJRef>");
  }
  const std::string document = InsertedBefore(bordereau_, "<CodServ", references);
  ExpectNoneIntact(document, "CONTENT_ALTERED");
  const auto inspection = schemas::Inspect(signing_.AsFile(document));
  ASSERT_TRUE(inspection.ok()) << inspection.status();
  EXPECT_EQ(inspection->pes.bordereaux[0].pieces_justificatives.size(), 1'000'001u);
}

TEST_F(Resources, HundredsOfThousandsOfIdsAndOfDuplicates) {
  std::string ids;
  for (int i = 0; i < 300'000; ++i) AppendTo(ids, "<a Id=\"i", i / 2, "\"/>");
  const auto report = signing_.VerifyTrusted(InsertedBefore(bordereau_, "<Enveloppe>", ids));
  EXPECT_EQ(report.signatures.size(), 1u);
  EXPECT_LE(report.findings.size(), 200u);
}

// A document whose signature needs the second pass.
class TwoPasses : public Attack {
 protected:
  TwoPasses()
      : document_(Resealed(Replaced(bordereau_, "http://www.w3.org/2001/04/xmlenc#sha256",
                                    "http://www.w3.org/2001/04/xmlenc#sha512"),
                           signing_.key())) {}
  std::string document_;
};

TEST_F(TwoPasses, FileThatChangesBetweenThemIsRefused) {
  const std::string path = signing_.folder().Write("changing.xml", document_);
  const auto file = InputFile::Open(path, 1 << 20);
  ASSERT_TRUE(file.ok());
  auto scan = verifier::ScanFile(*file);
  ASSERT_TRUE(scan.ok()) << scan.status();
  ASSERT_EQ((*scan)->signatures.size(), 1u);
  ASSERT_NE((*scan)->signatures[0].contents, nullptr);
  EXPECT_EQ((*scan)->signatures[0].content_holds, std::nullopt);
  ASSERT_TRUE(verifier::DigestTheRest(*file, **scan).ok());
  EXPECT_EQ((*scan)->signatures[0].content_holds, true);
  // What was reported in the first pass is not what is digested in the second.
  const size_t at = document_.find("<MtBordHT V=\"") + 13;
  std::fstream out(path, std::ios::in | std::ios::out | std::ios::binary);
  out.seekp(static_cast<std::streamoff>(at));
  out.put('9');
  out.close();
  EXPECT_EQ(ReasonOf(verifier::DigestTheRest(*file, **scan)), Reason::kInputChanged);
}

}  // namespace
}  // namespace sceau::test
