// What is inside the attachments of a PES, and what of it the receiver would refuse.
#include "schemas/attachment_contents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/strings.h"
#include "tests/schemas/documents.h"
#include "tests/support/budget_document.h"
#include "tests/support/clamd.h"
#include "tests/support/pdf_document.h"

namespace sceau::schemas {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

const std::string kTextPdf = test::PdfOfPages({std::string(test::kTextPage)});
const std::string kPicturePdf =
    test::PdfOfPages({std::string(test::kTextPage), std::string(test::kPicturePage)});

std::string PesWithGzip(std::string_view gzip, std::string_view mime) {
  gen::PesSpec spec;
  spec.attachments = 1;
  std::string text = Generate(spec);
  const size_t from = text.find("<Fichier"), to = text.find("</Fichier>");
  text.replace(from, to - from, Concat("<Fichier MIMEType=\"", mime, "\">", ToBase64(gzip)));
  return text;
}

std::string PesWith(std::string_view content, std::string_view mime = "application/pdf") {
  return PesWithGzip(test::Gzip(content), mime);
}

Inspection InspectionOf(std::string_view content, std::string_view mime = "application/pdf",
                        const OpenOptions& open = {}) {
  auto inspection = Inspect(AsFile(PesWith(content, mime)), {.open = open});
  EXPECT_TRUE(inspection.ok()) << inspection.status();
  return inspection.ok() ? *std::move(inspection) : Inspection();
}

// The rules on contents that are broken, with what they say.
std::vector<std::string> Broken(const Inspection& inspection) {
  std::vector<std::string> out;
  for (const Finding& it : inspection.anomalies) {
    for (const char* prefix : {"PDF_", "ZIP_", "XML_", "VIRUS_", "CONTENT_", "ATTACHMENT_"}) {
      if (it.rule.rfind(prefix, 0) != 0) continue;
      EXPECT_NE(it.place.line, 0) << it.rule;
      EXPECT_NE(Describe(it, Lang::kFr), Concat(it.rule, " [", it.detail, "]")) << "no sentence";
      const std::string value = it.value.empty() ? "" : Concat(" « ", it.value, " »");
      out.push_back(Concat(it.rule, " ", it.detail, value));
    }
  }
  return out;
}

TEST(AttachmentContents, ASoundPdfIsDescribed) {
  const Inspection inspection = InspectionOf(kTextPdf);
  EXPECT_THAT(Broken(inspection), IsEmpty());
  const auto json = nlohmann::json::parse(ToJson(inspection, Lang::kFr));
  const auto& piece = json.at("piecesJustificatives").at(0);
  EXPECT_EQ(piece.at("contentType"), "PDF");
  EXPECT_EQ(piece.at("content").at("pdf").at("version"), "1.7");
  EXPECT_EQ(piece.at("content").at("pdf").at("pages"), 1);
}

TEST(AttachmentContents, APdfOfPicturesIsSaidWithItsPages) {
  EXPECT_THAT(Broken(InspectionOf(kPicturePdf)),
              ElementsAre("PDF_IMAGE_ONLY PV_de_réception_1.pdf: 2 / 2"));
}

TEST(AttachmentContents, APdfThatCannotBeOpenedIsAnError) {
  const Inspection inspection = InspectionOf("%PDF-1.7 broken");
  EXPECT_THAT(Broken(inspection), ElementsAre("PDF_UNREADABLE PV_de_réception_1.pdf"));
  EXPECT_EQ(inspection.anomalies.back().severity, Severity::kError);
}

TEST(AttachmentContents, MembersOfAnArchiveAreListedAndChecked) {
  const Inspection inspection = InspectionOf(
      test::ZipOf({{"a.txt", "1"}, {"A.TXT", "2"}, {"../b", "3"}, {"/c", ""}, {"d\\..\\e", ""}}),
      "application/zip");
  EXPECT_THAT(Broken(inspection),
              ElementsAre("ZIP_MEMBER_DUPLICATE PV_de_réception_1.pdf « A.TXT »",
                          "ZIP_MEMBER_UNSAFE PV_de_réception_1.pdf « ../b »",
                          "ZIP_MEMBER_UNSAFE PV_de_réception_1.pdf « /c »",
                          "ZIP_MEMBER_UNSAFE PV_de_réception_1.pdf « d/../e »"));
  EXPECT_EQ(inspection.pes.pieces_justificatives.at(0).opened->facts.zip->members.size(), 5u);
}

TEST(AttachmentContents, AFailedReaderIsAnAnomalyOfTheFile) {
  OpenOptions open;
  open.reader.program = "/bin/false";
  EXPECT_THAT(Broken(InspectionOf(kTextPdf, "application/pdf", open)),
              ElementsAre("CONTENT_READER_FAILED PV_de_réception_1.pdf"));
}

TEST(AttachmentContents, LimitsOfSizeAndTimeAreSaid) {
  OpenOptions small;
  small.max_size = 20;
  EXPECT_THAT(Broken(InspectionOf(kTextPdf, "application/pdf", small)),
              ElementsAre("CONTENT_NOT_OPENED PV_de_réception_1.pdf"));
  OpenOptions late;
  late.time = std::chrono::milliseconds(0);
  EXPECT_THAT(Broken(InspectionOf(kTextPdf, "application/pdf", late)),
              ElementsAre("CONTENT_NOT_OPENED PV_de_réception_1.pdf"));
}

// 300 MiB of PDF in 300 KiB of the file.
TEST(AttachmentContents, AGzipBombIsNotOpened) {
  const std::string pes = PesWithGzip(test::GzippedBlanks(kTextPdf, 300), "application/pdf");
  ASSERT_LT(pes.size(), 1u << 20);
  const auto inspection = Inspect(AsFile(pes), {.open = OpenOptions()});
  ASSERT_TRUE(inspection.ok()) << inspection.status();
  EXPECT_THAT(Broken(*inspection), ElementsAre("CONTENT_NOT_OPENED PV_de_réception_1.pdf"));
}

// A GiB and more in a MiB of the file.
TEST(AttachmentContents, WhatDecompressesWithoutEndIsTooLarge) {
  const auto inspection = Inspect(AsFile(PesWithGzip(test::GzippedBlanks("", 1025), "text/plain")));
  ASSERT_TRUE(inspection.ok()) << inspection.status();
  EXPECT_THAT(Broken(*inspection),
              ElementsAre("ATTACHMENT_TOO_LARGE PV_de_réception_1.pdf « text/plain »"));
}

TEST(AttachmentContents, OtherContentsAreLeftAlone) {
  EXPECT_EQ(InspectionOf("\xFF\xD8\xFF picture", "image/jpeg").pes.pieces_justificatives[0].opened,
            nullptr);
  EXPECT_EQ(InspectionOf("P", "text/plain").pes.pieces_justificatives[0].opened, nullptr);
  EXPECT_EQ(InspectionOf("", "text/plain").pes.pieces_justificatives[0].opened, nullptr);
}

TEST(AttachmentContents, AreGivenToTheVirusScanner) {
  const test::TestClamd clamd;
  OpenOptions open;
  open.virus_scan.address = clamd.address();
  EXPECT_THAT(Broken(InspectionOf("clean", "text/plain", open)), IsEmpty());
  EXPECT_THAT(Broken(InspectionOf(test::kInfected, "text/plain", open)),
              ElementsAre("CONTENT_INFECTED PV_de_réception_1.pdf: Sceau.Test.UNOFFICIAL"));
}

TEST(AttachmentContents, AScannerThatIsNotThereIsAnErrorOrAWarning) {
  for (const bool required : {true, false}) {
    CheckOptions options{.catalog = CatalogOf(""), .day = "2026-01-01", .open = OpenOptions()};
    options.open->virus_scan = {.address = "unix:/nonexistent/socket", .required = required};
    const auto check = CheckDocument(AsFile(PesWith(kTextPdf)), options);
    ASSERT_TRUE(check.ok()) << check.status();
    const auto found =
        std::find_if(check->findings.begin(), check->findings.end(),
                     [](const Finding& it) { return it.rule == "VIRUS_SCAN_UNAVAILABLE"; });
    ASSERT_NE(found, check->findings.end());
    EXPECT_EQ(found->severity, required ? Severity::kError : Severity::kWarning);
  }
}

TEST(AttachmentContents, ABudgetActIsReadWithItsSealAndSchemas) {
  const std::string act = test::MakeBudgetAct({.budgets = 2});
  const Inspection inspection = InspectionOf(act, "text/xml");
  const auto json = nlohmann::json::parse(ToJson(inspection, Lang::kFr));
  const auto& document = json.at("piecesJustificatives").at(0).at("content").at("document");
  EXPECT_EQ(document.at("kind"), "BUDGET_ACT");
  EXPECT_EQ(document.at("budgetAct").at("seal").at("state"), "ABSENT");
  EXPECT_EQ(document.at("collectivite").at("idColl"), "21980000000017");

  const auto check =
      CheckDocument(AsFile(PesWith(act, "text/xml")),
                    {.catalog = CatalogOf(""), .day = "2026-01-01", .open = OpenOptions()});
  ASSERT_TRUE(check.ok()) << check.status();
  std::vector<std::string> rules;
  for (const Finding& it : check->findings) rules.push_back(it.rule);
  EXPECT_THAT(rules, Contains("BUDGET_COUNT"));
  EXPECT_THAT(rules, Not(Contains("SCHEMA_SET_MISSING")));
}

TEST(AttachmentContents, ADocumentInsideSaysWhichSetItMatchedAndEachErrorAtItsOwnLine) {
  const auto shown = [](const std::string& act) {
    const auto inspection =
        InspectWithSchemas(AsFile(PesWith(act, "text/xml")),
                           {.catalog = CatalogOf(""), .day = "2026-01-01", .open = OpenOptions()});
    EXPECT_TRUE(inspection.ok()) << inspection.status();
    const auto json = nlohmann::json::parse(ToJson(*inspection, Lang::kFr));
    return json.at("piecesJustificatives").at(0).at("content").at("document");
  };
  const std::string act = test::MakeBudgetAct();
  EXPECT_EQ(shown(act).at("schemaSet"), "sceau");
  const std::string wrong = Replaced(act, "<EnTeteDocBudgetaire>", "<Autre/><EnTeteDocBudgetaire>");
  const auto document = shown(wrong);
  EXPECT_TRUE(document.at("schemaSet").is_null());
  const auto& anomalies = document.at("anomalies");
  const auto error = std::find_if(anomalies.begin(), anomalies.end(), [](const auto& it) {
    return it.at("rule").template get<std::string>().rfind("SCHEMA_", 0) == 0;
  });
  ASSERT_NE(error, anomalies.end()) << anomalies.dump();
  EXPECT_EQ(error->at("line"), LineOf(wrong, "<Autre/>"));
  EXPECT_EQ(error->at("severity"), "ERROR");
}

TEST(AttachmentContents, AnXmlThatCannotBeReadIsAnError) {
  EXPECT_THAT(Broken(InspectionOf("<?xml version=\"1.0\"?>\n<a><b></a>", "text/xml")),
              ElementsAre(testing::StartsWith("XML_UNREADABLE PV_de_réception_1.pdf: 2:")));
  EXPECT_THAT(Broken(InspectionOf("<?xml version=\"1.0\"?>\n<!DOCTYPE a []><a/>", "text/xml")),
              ElementsAre(testing::HasSubstr("DOCTYPE_REFUSED")));
}

TEST(AttachmentContents, AreNotOpenedUnlessAsked) {
  const auto inspection = Inspect(AsFile(PesWith(kPicturePdf)));
  EXPECT_THAT(Broken(*inspection), IsEmpty());
}

TEST(AttachmentContents, APdfByItselfIsInspectedToo) {
  const auto inspection = Inspect(AsFile(kPicturePdf), {.open = OpenOptions()});
  ASSERT_TRUE(inspection.ok());
  EXPECT_EQ(inspection->kind, Kind::kPdf);
  ASSERT_NE(inspection->opened, nullptr);
  EXPECT_EQ(inspection->opened->facts.pdf->pages, 2);
  EXPECT_EQ(inspection->anomalies.at(0).rule, "PDF_IMAGE_ONLY");
}

TEST(AttachmentContents, TheAgreementMayAskForText) {
  const auto said = [](const std::string& pdf, const std::string& kind) {
    const Inspection inspection = InspectionOf(pdf);
    const auto agreements =
        ParseAgreements(Concat("[[agreement]]\nid_coll = \"", inspection.pes.collectivite.id_coll,
                               "\"\n[[agreement.kind]]\n", kind),
                        "a.toml");
    EXPECT_TRUE(agreements.ok()) << agreements.status();
    std::vector<std::string> out;
    for (const Finding& it : CheckAgreement(inspection.pes, *agreements)) out.push_back(it.rule);
    return out;
  };
  EXPECT_THAT(said(kPicturePdf, "readable_text = true"), ElementsAre("AGREEMENT_PDF_TEXT"));
  EXPECT_THAT(said(kPicturePdf, "mime_type = \"application/pdf\""), IsEmpty());
  EXPECT_THAT(said(kTextPdf, "readable_text = true"), IsEmpty());
}

}  // namespace
}  // namespace sceau::schemas
