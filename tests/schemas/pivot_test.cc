// The attachments of a Chorus flux pivot.
#include "schemas/pivot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "schemas/inspection.h"
#include "tests/schemas/documents.h"
#include "tests/support/pdf_document.h"
#include "tests/support/pivot_document.h"

namespace sceau::schemas {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kPdf = test::PdfOfPages({std::string(test::kTextPage)});

Inspection Read(const std::string& document) {
  auto inspection = Inspect(AsFile(document), {.open = OpenOptions()});
  EXPECT_TRUE(inspection.ok()) << inspection.status();
  return inspection.ok() ? *std::move(inspection) : Inspection();
}

std::vector<std::string> Rules(const Inspection& inspection) {
  std::vector<std::string> out;
  for (const Finding& it : inspection.anomalies) {
    out.push_back(it.rule + ":" + std::to_string(it.place.line));
  }
  return out;
}

TEST(ChorusPivot, EveryAttachmentOfEveryInvoiceIsListedAndOpened) {
  const Inspection it = Read(test::MakePivot(
      {{"F-1",
        {{"facture.pdf", "application/pdf", test::ZipOf({{"facture.pdf", kPdf}}), "01"},
         {"bon.pdf", "application/pdf", kPdf}}},
       {"F-2", {{"annexe.xml", "application/xml", "<annexe/>"}}}}));
  EXPECT_EQ(it.kind, Kind::kChorusPivot);
  EXPECT_THAT(it.anomalies, IsEmpty());
  const auto& pieces = it.pes.pieces_justificatives;
  ASSERT_EQ(pieces.size(), 3u);
  EXPECT_EQ(pieces[0].id, "F-1/1");
  EXPECT_EQ(pieces[0].name, "facture.pdf");
  EXPECT_EQ(pieces[0].type, "01");
  EXPECT_EQ(pieces[0].content, ContentType::kZip);
  ASSERT_TRUE(pieces[0].opened && pieces[0].opened->facts.zip);
  EXPECT_EQ(pieces[0].opened->facts.zip->members[0].name, "facture.pdf");
  EXPECT_EQ(pieces[1].id, "F-1/2");
  EXPECT_EQ(pieces[1].size, static_cast<int64_t>(kPdf.size()));
  EXPECT_EQ(pieces[1].sha256, ToHex(DigestOf(DigestAlgorithm::kSha256, kPdf)));
  ASSERT_TRUE(pieces[1].opened && pieces[1].opened->facts.pdf);
  EXPECT_EQ(pieces[2].id, "F-2/1");
  EXPECT_EQ(pieces[2].content, ContentType::kXml);
  EXPECT_EQ(pieces[2].line, 26);
}

TEST(ChorusPivot, AContentThatIsNotWhatItSaysIsTold) {
  EXPECT_THAT(Rules(Read(test::MakePivot({{"F", {{"a.pdf", "application/pdf", "text"}}}}))),
              ElementsAre("ATTACHMENT_TYPE_MISMATCH:10"));
  const std::string document = test::MakePivot({{"F", {{"a.pdf", "application/pdf", kPdf}}}});
  EXPECT_THAT(Rules(Read(Replaced(document, "<Contenu>", "<Contenu>!"))),
              ElementsAre("ATTACHMENT_NOT_BASE64:10"));
  // As a PES would have it.
  EXPECT_THAT(
      Rules(Read(test::MakePivot({{"F", {{"a.pdf", "application/pdf", test::Gzip(kPdf)}}}}))),
      ElementsAre("ATTACHMENT_TYPE_MISMATCH:10"));
}

TEST(ChorusPivot, OnlyWhatStandsInAnInvoiceIsAnAttachment) {
  const Inspection it = Read("<CPPFacturePivot><PJ><Contenu>AAAA</Contenu></PJ></CPPFacturePivot>");
  EXPECT_EQ(it.kind, Kind::kChorusPivot);
  EXPECT_THAT(it.pes.pieces_justificatives, IsEmpty());
}

}  // namespace
}  // namespace sceau::schemas
