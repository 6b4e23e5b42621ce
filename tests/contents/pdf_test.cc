// What is said of a PDF, sound and not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "tests/contents/content_file.h"
#include "tests/support/pdf_document.h"

namespace sceau::contents {
namespace {

using test::kPicturePage;
using test::kTextPage;
using testing::ElementsAre;
using testing::IsEmpty;

Facts PdfFactsOf(std::string_view content) { return FactsOf(content, Format::kPdf); }

PdfFacts Sound(std::string_view content) {
  const Facts facts = PdfFactsOf(content);
  EXPECT_EQ(facts.outcome, Outcome::kRead);
  return facts.pdf.value_or(PdfFacts());
}

std::string Pages(const std::vector<std::string_view>& contents) {
  return test::PdfOfPages({contents.begin(), contents.end()});
}

TEST(Pdf, VersionAndPages) {
  const PdfFacts facts = Sound(Pages({kTextPage, kTextPage}));
  EXPECT_EQ(facts.version, "1.7");
  EXPECT_EQ(facts.pages, 2);
  EXPECT_EQ(facts.image_only_pages, 0);
  EXPECT_FALSE(facts.repaired);
  EXPECT_FALSE(facts.encrypted);
  EXPECT_THAT(facts.signatures, IsEmpty());
}

TEST(Pdf, PagesThatAreOnlyPicturesAreNamed) {
  const PdfFacts facts =
      Sound(Pages({kTextPage, kPicturePage, "", "0 0 m 9 9 l S", "BT /F1 9 Tf [(A)] TJ ET",
                   "BT /F1 9 Tf () Tj ET /Im1 Do", "BI /W 1 /H 1 /BPC 8 /CS /G ID x EI",
                   "q /Im1 Do Q BT 3 Tr (invisible, as an OCR writes it) Tj ET"}));
  EXPECT_EQ(facts.pages, 8);
  EXPECT_THAT(facts.image_only, ElementsAre(2, 4, 6, 7));
  EXPECT_EQ(facts.image_only_pages, 4);
}

TEST(Pdf, TextInAFormCounts) {
  const auto with_form = [](std::string_view content) {
    test::PdfBuilder pdf;
    const int root = pdf.Reserve(), pages = pdf.Reserve(), form = pdf.Reserve();
    pdf.Set(form,
            Concat("<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << "
                   "/Fm1 ",
                   form, " 0 R >> >> /Length ", content.size(), " >>\nstream\n", content,
                   "\nendstream"));
    const int page_content = pdf.AddStream("", "/Fm1 Do 0 0 9 9 re f");
    const int page = pdf.Add(
        Concat("<< /Type /Page /Parent ", pages, " 0 R /Contents ", page_content,
               " 0 R /MediaBox [0 0 9 9] /Resources << /XObject << /Fm1 ", form, " 0 R >> >> >>"));
    pdf.Set(pages, Concat("<< /Type /Pages /Count 1 /Kids [", page, " 0 R] >>"));
    pdf.Set(root, Concat("<< /Type /Catalog /Pages ", pages, " 0 R >>"));
    return pdf.Finish(root);
  };
  EXPECT_EQ(Sound(with_form("BT (text) Tj ET")).image_only_pages, 0);
  // A form in itself ends.
  EXPECT_EQ(Sound(with_form("/Fm1 Do")).image_only_pages, 1);
}

TEST(Pdf, AnUnknownPasswordLocksIt) {
  // Standard security handler, revision 2; no password makes this U.
  const std::string entry(32, 'A');
  const std::string pdf = test::PdfOfPages({std::string(kTextPage)},
                                           Concat("/ID [(0123456789abcdef) (0123456789abcdef)] "
                                                  "/Encrypt << /Filter /Standard /V 1 /R 2 /O (",
                                                  entry, ") /U (", entry, ") /P -4 >>"));
  EXPECT_EQ(PdfFactsOf(pdf).outcome, Outcome::kLocked);
}

TEST(Pdf, DamageIsRepairedOrSaid) {
  std::string pdf = Pages({kTextPage});
  pdf.replace(pdf.rfind("startxref\n") + 10, 3, "999");
  EXPECT_TRUE(Sound(pdf).repaired);
  EXPECT_EQ(PdfFactsOf("%PDF-1.7\nand nothing else").outcome, Outcome::kUnreadable);
  const std::string whole = Pages({kTextPage});
  EXPECT_EQ(PdfFactsOf(whole.substr(0, 60)).outcome, Outcome::kUnreadable);
}

// 300 MiB of blanks in a content stream of some 300 KiB, and the same in two stages.
TEST(Pdf, ABombIsStopped) {
  const std::string once = test::DeflatedBlanks(300);
  const auto bomb = [](const std::string& data, const char* filter) {
    test::PdfBuilder pdf;
    const int content = pdf.AddStream(Concat("/Filter ", filter), data);
    const int pages = pdf.Reserve();
    const int page = pdf.Add(Concat("<< /Type /Page /Parent ", pages, " 0 R /Contents ", content,
                                    " 0 R /MediaBox [0 0 9 9] >>"));
    pdf.Set(pages, Concat("<< /Type /Pages /Count 1 /Kids [", page, " 0 R] >>"));
    return pdf.Finish(pdf.Add(Concat("<< /Type /Catalog /Pages ", pages, " 0 R >>")));
  };
  ASSERT_LT(once.size(), 1u << 20);
  EXPECT_EQ(PdfFactsOf(bomb(once, "/FlateDecode")).outcome, Outcome::kTooLarge);
  const std::string twice = test::Deflate(once);
  ASSERT_LT(twice.size(), 16u << 10);
  EXPECT_EQ(PdfFactsOf(bomb(twice, "[/FlateDecode /FlateDecode]")).outcome, Outcome::kTooLarge);
}

TEST(Pdf, AnObjectStreamThatIsABombIsStopped) {
  const std::string data = test::DeflatedBlanks(600);
  test::PdfBuilder pdf;
  const int objects = pdf.AddStream("/Type /ObjStm /N 1 /First 10 /Filter /FlateDecode", data);
  const int root = pdf.Reserve();
  pdf.Set(root, "<< /Type /Catalog /Pages 99 0 R >>");
  // A cross-reference stream that puts object 99 into the bomb.
  std::string file = pdf.Finish(root);
  const size_t at = file.find("xref\n0");
  file.resize(at);
  const auto entry = [](int type, size_t second, int third) {
    return std::string{static_cast<char>(type), static_cast<char>(second >> 16 & 255),
                       static_cast<char>(second >> 8 & 255), static_cast<char>(second & 255),
                       static_cast<char>(third)};
  };
  const std::string table = entry(1, file.find("2 0 obj"), 0) + entry(2, 1, 0) + entry(1, at, 0);
  const size_t first = file.find("1 0 obj");
  const std::string entries = entry(1, first, 0) + table;
  AppendTo(file, "100 0 obj\n<< /Type /XRef /Size 101 /W [1 3 1] /Index [1 2 99 2] /Root ", root,
           " 0 R /Length ", entries.size(), " >>\nstream\n", entries,
           "\nendstream\nendobj\nstartxref\n", at, "\n%%EOF\n");
  EXPECT_EQ(objects, 1);
  EXPECT_EQ(PdfFactsOf(file).outcome, Outcome::kTooLarge);
}

TEST(Pdf, DeepNestingIsSurvived) {
  const std::string deep = Concat(std::string(200'000, '['), std::string(200'000, ']'));
  const Facts facts =
      PdfFactsOf(test::PdfOfPages({std::string(kTextPage)}, Concat("/Deep ", deep)));
  EXPECT_NE(facts.outcome, Outcome::kLocked);  // read, repaired or given up: this process goes on
}

}  // namespace
}  // namespace sceau::contents
