// A message of @CTES against the files that travel with it.
#include "schemas/acte_rules.h"

#include <gtest/gtest.h>

#include "base/strings.h"
#include "schemas/check.h"
#include "tests/schemas/documents.h"
#include "tests/support/acte_document.h"
#include "tests/support/clamd.h"
#include "tests/support/pdf_document.h"

namespace sceau::schemas {
namespace {

using Said_ = std::vector<std::string>;

class ActeFiles : public testing::Test {
 protected:
  void Give(const std::string& name, std::string_view bytes) {
    given_.push_back({name, std::make_shared<const InputFile>(AsFile(bytes))});
  }
  void GiveAll() {
    Give("acte.pdf", kPdf);
    Give("plan.png", "\x89PNG\r\n\x1A\n");
  }
  // "SEVERITY RULE line value detail", in the order of the document.
  Said_ Said() const {
    CheckOptions options{.catalog = CatalogOf(""), .day = "2026-01-01", .open = OpenOptions()};
    options.open->virus_scan.address = scanner_;
    options.given = given_;
    const auto check = CheckDocument(AsFile(kMessage), options);
    EXPECT_TRUE(check.ok()) << check.status();
    Said_ out;
    for (const Finding& it : check->findings) {
      EXPECT_NE(Describe(it, Lang::kFr).rfind(it.rule, 0), 0u) << it.rule << " has no sentence";
      EXPECT_TRUE(it.place.element.starts_with("/actes:Acte")) << it.place.element;
      out.push_back(Concat(NameOf(it.severity), " ", it.rule, " ", it.place.line, " ", it.value,
                           it.detail.empty() ? "" : " ", it.detail));
    }
    return out;
  }

  inline static const std::string kPdf = test::PdfOfPages({std::string(test::kTextPage)});
  inline static const std::string kMessage = test::MakeActe({.annexes = {"plan.png"}});
  const int64_t document_ = LineOf(kMessage, "<actes:Document");
  const int64_t annex_ = LineOf(kMessage, "<actes:Annexe>");
  std::vector<GivenFile> given_;
  std::string scanner_;
};

TEST_F(ActeFiles, ThatAreAllGivenAndSoundAreNotRemarkedOn) {
  GiveAll();
  EXPECT_EQ(Said(), Said_{});
}

TEST_F(ActeFiles, ThatAreNotGivenAreSaidWhereTheMessageNamesThem) {
  Give("acte.pdf", kPdf);
  EXPECT_EQ(Said(), Said_{Concat("WARNING ACTE_FILE_NOT_GIVEN ", annex_, " plan.png")});
  given_.clear();
  EXPECT_EQ(Said(), (Said_{Concat("WARNING ACTE_FILE_NOT_GIVEN ", document_, " acte.pdf"),
                           Concat("WARNING ACTE_FILE_NOT_GIVEN ", annex_, " plan.png")}));
}

TEST_F(ActeFiles, ThatTheMessageDoesNotNameAreAnError) {
  GiveAll();
  Give("Plan.png", "\x89PNG\r\n\x1A\n");
  EXPECT_EQ(Said(), Said_{"ERROR ACTE_FILE_UNKNOWN 2 Plan.png"});
}

TEST_F(ActeFiles, OfAnotherTypeThanTheirNameOrThanTakenAreErrors) {
  Give("acte.pdf", "<Acte/>");
  Give("plan.png", "no picture");
  EXPECT_EQ(Said(), (Said_{Concat("ERROR ACTE_FILE_TYPE_MISMATCH ", document_, " acte.pdf XML"),
                           Concat("ERROR ACTE_FILE_TYPE ", annex_, " plan.png OTHER")}));
}

TEST_F(ActeFiles, AreOpenedAndScanned) {
  const test::TestClamd clamd;
  scanner_ = clamd.address();
  Give("acte.pdf", "%PDF-1.7 broken");
  Give("plan.png", Concat("\x89PNG\r\n\x1A\n", test::kInfected));
  EXPECT_EQ(
      Said(),
      (Said_{Concat("ERROR PDF_UNREADABLE ", document_, "  acte.pdf"),
             Concat("ERROR CONTENT_INFECTED ", annex_, "  plan.png: Sceau.Test.UNOFFICIAL")}));
}

TEST_F(ActeFiles, AMessageByItselfIsCheckedWithoutThem) {
  const auto check =
      CheckDocument(AsFile(kMessage), {.catalog = CatalogOf(""), .day = "2026-01-01"});
  ASSERT_TRUE(check.ok()) << check.status();
  EXPECT_TRUE(check->findings.empty());
}

}  // namespace
}  // namespace sceau::schemas
