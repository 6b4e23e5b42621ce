// The service says of a document what the command says by itself: file by file, of every kind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/strings.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"
#include "tests/support/acte_document.h"
#include "tests/support/budget_document.h"
#include "tests/support/pdf_document.h"
#include "tests/support/pdf_signing.h"
#include "tests/support/pivot_document.h"
#include "tests/support/test_pki.h"
#include "tools/gen/acquit.h"

namespace sceau::test {
namespace {

using testing::IsEmpty;
using testing::Not;

class InspectionByTheService : public testing::Test {
 protected:
  InspectionByTheService() { appliance_.Start(); }

  std::string Write(const std::string& name, const std::string& bytes) const {
    auto file = OutputFile::Create(appliance_.Path(name), /*force=*/true);
    Require(file.ok() && file->Append(bytes).ok() && file->Publish().ok(), name);
    return appliance_.Path(name);
  }

  // What both say of a file.
  Json Same(const std::string& file) const {
    const ProcessResult here = appliance_.Sceau({"inspect", file, "--json"});
    const ProcessResult there =
        appliance_.Sceau({"inspect", file, "--json", "--server", appliance_.address()});
    EXPECT_EQ(here.exit_code, 0) << here.err;
    EXPECT_EQ(there.exit_code, 0) << there.err;
    EXPECT_EQ(here.out, there.out);
    const ProcessResult text = appliance_.Sceau({"inspect", file});
    EXPECT_EQ(text.out, appliance_.Sceau({"inspect", file, "--server", appliance_.address()}).out);
    EXPECT_THAT(text.out, Not(IsEmpty()));
    return Json::parse(there.out);
  }

  static std::string SignedPdfFile() {
    const TestPki pki;
    const EvpPkeyHandle key = NewEcKey();
    PdfSigner signer;
    signer.certificate = pki.Issue(key.get());
    signer.key = key.get();
    SignedPdf pdf(kTextPage);
    pdf.Sign(signer);
    return pdf.bytes();
  }

  // A budget act that is sealed, then signed by the service.
  std::string SignedAct() const {
    const std::string act = Write("acte-budgetaire.xml", MakeBudgetAct());
    const std::string sealed = appliance_.Path("scelle.xml"), out = appliance_.Path("signe.xml");
    const ProcessResult seal = appliance_.Sceau({"budget", "seal", act, "-o", sealed});
    Require(seal.exit_code == 0, seal.err);
    const ProcessResult sign =
        appliance_.Sceau(appliance_.SignThere(sealed, out, {"--whole", "--profile", "budget-act"}));
    Require(sign.exit_code == 0, sign.err + sign.out);
    return out;
  }

  // A PES whose attachments are these, as the field has them (base64 of gzip).
  std::string PesWith(const std::vector<std::string>& contents) const {
    gen::PesSpec spec;
    spec.attachments = static_cast<int>(contents.size());
    return Write("pieces.xml",
                 WithContents(ReadFile(appliance_.Generate("pieces.xml", spec)), contents));
  }

  Appliance appliance_;
};

TEST_F(InspectionByTheService, APesWithAllKindsOfAttachments) {
  const std::string act = ReadFile(SignedAct());
  const std::string file = PesWith({SignedPdfFile(), ZipOf({{"a.txt", "a"}, {"../b.txt", "bb"}}),
                                    act, "<Facture/>", "\xFF\xD8\xFF\xE0 no real picture",
                                    PdfOfPages({std::string(kPicturePage)}), "plain"});
  const Json said = Same(file);
  const Json& pieces = said["piecesJustificatives"];
  ASSERT_EQ(pieces.size(), 7u);
  EXPECT_EQ(pieces[0]["content"]["pdf"]["signatures"].size(), 1u);
  EXPECT_EQ(pieces[0]["contentType"], "PDF");
  EXPECT_EQ(pieces[1]["content"]["members"][1]["name"], "../b.txt");
  const Json& nested = pieces[2]["content"]["document"];
  EXPECT_EQ(nested["kind"], "BUDGET_ACT");
  EXPECT_EQ(nested["budgetAct"]["seal"]["state"], "HOLDS_WITHOUT_SIGNATURES");
  EXPECT_EQ(nested["budgetAct"]["budgets"].size(), 1u);
  EXPECT_EQ(nested["signatures"].size(), 1u);
  EXPECT_EQ(nested["schemaSet"], "sceau");
  EXPECT_EQ(pieces[3]["content"]["document"]["kind"], "XML");
  EXPECT_EQ(pieces[4]["contentType"], "JPG");
  EXPECT_EQ(pieces[5]["content"]["pdf"]["imageOnlyPages"], 1);
  EXPECT_EQ(pieces[6]["contentType"], "OTHER");
  EXPECT_THAT(said["anomalies"], Not(IsEmpty()));
}

TEST_F(InspectionByTheService, APesThatIsSignedAndOneWithAnomaliesThatHaveAValue) {
  const std::string input = appliance_.Generate("flux.xml", {.depense = 2, .attachments = 2});
  const std::string out = appliance_.Path("flux-signe.xml");
  ASSERT_EQ(appliance_.Sceau(appliance_.SignThere(input, out)).exit_code, 0);
  EXPECT_EQ(Same(out)["signatures"].size(), 3u);
  gen::PesSpec utf8;
  utf8.layout.encoding = gen::Encoding::kUtf8;
  const Json said = Same(appliance_.Generate("utf8.xml", utf8));
  const auto encoding =
      std::find_if(said["anomalies"].begin(), said["anomalies"].end(),
                   [](const Json& it) { return it["rule"] == "ENCODING_NOT_ISO_8859_1"; });
  ASSERT_NE(encoding, said["anomalies"].end());
  EXPECT_EQ((*encoding)["value"], "UTF-8");
}

TEST_F(InspectionByTheService, BudgetActs) {
  const Json one = Same(SignedAct());
  EXPECT_EQ(one["kind"], "BUDGET_ACT");
  EXPECT_EQ(one["budgetAct"]["seal"]["state"], "HOLDS_WITHOUT_SIGNATURES");
  EXPECT_EQ(one["signatures"][0]["scope"], "WHOLE");
  EXPECT_EQ(one["schemaSet"], "sceau");
  const Json several = Same(Write("recu.xml", MakeBudgetAct({.budgets = 3})));
  EXPECT_EQ(several["budgetAct"]["budgets"].size(), 3u);
  EXPECT_EQ(several["budgetAct"]["seal"]["state"], "ABSENT");

  std::string act = MakeBudgetAct({.latin1 = false});
  const size_t root = act.find("<DocumentBudgetaire");
  ASSERT_NE(root, std::string::npos);
  act.insert(root,
             "<cfu:CompteFinancierUnique xmlns:cfu=\"http://www.minefi.gouv.fr/cp/demat/doccfu\">");
  const Json cfu = Same(Write("cfu.xml", act + "</cfu:CompteFinancierUnique>\n"));
  EXPECT_EQ(cfu["kind"], "CFU");
  EXPECT_EQ(cfu["budgetAct"]["budgets"].size(), 1u);
}

TEST_F(InspectionByTheService, AnAcknowledgement) {
  gen::PesSpec spec = {.depense = 2, .attachments = 2};
  gen::AcquitSpec answer;
  ASSERT_TRUE(gen::AddRefusal("D1/2", answer).ok());
  ASSERT_TRUE(gen::AddRefusal("D1/3", answer).ok());
  ASSERT_TRUE(gen::AddRefusal("R1", answer).ok());
  ASSERT_TRUE(gen::AddRefusal("PJ2", answer).ok());
  const Json said = Same(Write("acquit.xml", *gen::AcquitText(spec, answer)));
  EXPECT_EQ(said["kind"], "PES_ACQUIT");
  size_t pieces = 0;
  for (const Json& it : said["acquit"]) pieces += it["pieces"].size();
  EXPECT_EQ(pieces, 2u);
  EXPECT_EQ(said["anomalies"].size(), 4u);
}

TEST_F(InspectionByTheService, MessagesOfCtes) {
  const Json act = Same(Write("acte.xml", MakeActe({.annexes = {"a.pdf", "b.pdf"}})));
  EXPECT_EQ(act["kind"], "ACTE");
  EXPECT_EQ(act["acte"]["files"].size(), 3u);
  EXPECT_EQ(Same(Write("ar.xml", MakeReceipt()))["acte"]["receptionDate"], "2025-03-15");
  EXPECT_EQ(Same(Write("anomalie.xml", MakeAnomaly()))["acte"]["anomaly"]["detail"],
            "fichier illisible");
  EXPECT_EQ(Same(Write("enveloppe.xml", MakeEnvelope()))["kind"], "ACTE_ENVELOPE");
}

TEST_F(InspectionByTheService, APdfAPivotAndAnyOtherDocument) {
  const Json pdf = Same(Write("acte.pdf", SignedPdfFile()));
  EXPECT_EQ(pdf["kind"], "PDF");
  EXPECT_EQ(pdf["content"]["pdf"]["signatures"][0]["claimedTime"], "D:20260101120000Z");
  const Json pivot = Same(
      Write("pivot.xml", MakePivot({{"F-1",
                                     {{"facture.pdf", "application/pdf", SignedPdfFile(), "01"},
                                      {"b.pdf", "application/pdf", ZipOf({{"b.pdf", "b"}})}}}})));
  EXPECT_EQ(pivot["kind"], "CHORUS_PIVOT");
  ASSERT_EQ(pivot["piecesJustificatives"].size(), 2u);
  EXPECT_EQ(pivot["piecesJustificatives"][0]["content"]["pdf"]["signatures"].size(), 1u);
  EXPECT_EQ(pivot["piecesJustificatives"][1]["content"]["members"][0]["name"], "b.pdf");
  EXPECT_EQ(Same(Write("autre.xml", "<autre/>\n"))["kind"], "XML");
}

TEST_F(InspectionByTheService, VerifyTellsOfWhatIsInAttachmentsAsTheCommandDoes) {
  const std::string act = ReadFile(SignedAct());
  std::string altered = act;
  const size_t at = altered.find("LibelleColl V=\"");
  ASSERT_NE(at, std::string::npos);
  altered.insert(at + 15, "x");
  const std::string file = PesWith({SignedPdfFile(), act, altered, "<Facture/>"});
  std::vector<std::string> arguments = {"verify", file, "--json", "--at", "2026-06-01T00:00:00Z"};
  const ProcessResult here = appliance_.Sceau(arguments);
  arguments.insert(arguments.end(), {"--server", appliance_.address()});
  const ProcessResult there = appliance_.Sceau(arguments);
  EXPECT_EQ(there.out, here.out) << there.err;
  EXPECT_EQ(there.exit_code, here.exit_code);
  const Json attachments = Json::parse(there.out)["files"][0]["attachments"];
  ASSERT_EQ(attachments.size(), 3u) << there.out;
  EXPECT_EQ(attachments[0]["kind"], "PDF");
  EXPECT_EQ(attachments[0]["signatures"][0]["integrity"], "INTACT");
  EXPECT_EQ(attachments[1]["signatures"][0]["integrity"], "INTACT");
  EXPECT_EQ(attachments[2]["signatures"][0]["integrity"], "BROKEN");
}

}  // namespace
}  // namespace sceau::test
