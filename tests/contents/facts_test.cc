// The message between the two programs: nothing but a whole and sound one is believed.
#include "contents/facts.h"

#include <gtest/gtest.h>

namespace sceau::contents {
namespace {

Facts Example() {
  Facts facts{Outcome::kRead};
  facts.pdf = PdfFacts{"1.7", 12, 2, {3, 4}, true, false, {}};
  facts.pdf->signatures.push_back({{0, 10, 20, 30},
                                   10,
                                   "ab",
                                   "Sig",
                                   "ETSI.CAdES.detached",
                                   "Signature été",
                                   "Nom",
                                   "D:2024",
                                   "",
                                   ""});
  facts.zip = ZipFacts{7, {{"a/b.txt", 7, false}, {"c", 0, true}}};
  return facts;
}

TEST(Facts, ComeThroughWhole) {
  const Facts read = Read(Write(Example()));
  ASSERT_EQ(read.outcome, Outcome::kRead);
  EXPECT_EQ(read.pdf->version, "1.7");
  EXPECT_EQ(read.pdf->pages, 12);
  EXPECT_EQ(read.pdf->image_only, (std::vector<int64_t>{3, 4}));
  EXPECT_TRUE(read.pdf->repaired);
  EXPECT_FALSE(read.pdf->encrypted);
  ASSERT_EQ(read.pdf->signatures.size(), 1u);
  EXPECT_EQ(read.pdf->signatures[0].field, "Signature été");
  EXPECT_EQ(read.pdf->signatures[0].byte_range, (std::vector<int64_t>{0, 10, 20, 30}));
  ASSERT_EQ(read.zip->members.size(), 2u);
  EXPECT_EQ(read.zip->members[0].name, "a/b.txt");
  EXPECT_TRUE(read.zip->members[1].encrypted);
}

TEST(Facts, AreNotBelievedWhenCutOff) {
  const std::string whole = Write(Example());
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(Read(whole.substr(0, size)).outcome, Outcome::kFailed) << size;
  }
}

TEST(Facts, AreNotBelievedWhenNotAsWritten) {
  for (const char* text :
       {"", ".", "\n.", "O\n.", "O 5\n.", "O 4\n.", "O -1\n.", "O 0 0\n.", "O 0\nO 0\n.",
        "O 0\nI 1\n.", "O 0\nS 1 xab x x x x x x x 0\n.", "O 0\nM x61 1 0\n.", "P x 1 0 0 0\n.",
        "O 0\nP x 1 0 2 0\n.", "O 0\nP xZZ 1 0 0 0\n.", "O 0\nP x1 1 0 0 0\n.",
        "O 0\nP x 99999999999999999999 0 0 0\n.", "O 0\n.x", "O 0\nX\n."}) {
    EXPECT_EQ(Read(text).outcome, Outcome::kFailed) << text;
  }
  EXPECT_EQ(Read("O 0\n.").outcome, Outcome::kRead);
}

TEST(Facts, KeepTheirLimits) {
  Facts facts{Outcome::kRead};
  facts.zip.emplace();
  facts.zip->members.resize(kMaxMembers + 1);
  EXPECT_EQ(Read(Write(facts)).outcome, Outcome::kFailed);
  facts.zip->members.resize(1);
  facts.zip->members[0].name.assign(kMaxText + 10, 'a');
  EXPECT_EQ(Read(Write(facts)).zip->members.at(0).name.size(), kMaxText);
}

}  // namespace
}  // namespace sceau::contents
