#include "xml/splice.h"

#include <gtest/gtest.h>

#include "tests/xml/xml_support.h"

namespace sceau::test {
namespace {

std::string Spliced(const std::string& input, const std::vector<xml::Edit>& edits) {
  std::vector<xml::PlannedEdit> planned;
  for (const xml::Edit& edit : edits) {
    planned.push_back({edit.offset, edit.removed,
                       [text = edit.inserted]() -> StatusOr<std::string> { return text; }});
  }
  auto output = OutputFile::Unnamed();
  const Status status = xml::Splice(FileOf(input), planned, *output);
  if (!status.ok()) return DetailOf(status);
  const auto written = output->Reread();
  return *written->Slice(0, static_cast<size_t>(written->size()));
}

TEST(Splice, InsertsReplacesAndKeepsEveryOtherByte) {
  EXPECT_EQ(Spliced("abcdef", {{0, "", "X"}, {2, "c", "Y"}, {3, "", "Z"}, {6, "", "!"}}),
            "XabYZdef!");
  EXPECT_EQ(Spliced("abcdef", {}), "abcdef");
}

TEST(Splice, TwoInsertionsAtOnePlaceKeepTheirOrder) {
  EXPECT_EQ(Spliced("ab", {{1, "", "1"}, {1, "", "2"}}), "a12b");
}

TEST(Splice, RefusesAnInputThatIsNotWhatWasRead) {
  auto output = OutputFile::Unnamed();
  const auto nothing = [] { return StatusOr<std::string>(std::string("Y")); };
  EXPECT_EQ(ReasonOf(xml::Splice(FileOf("abcdef"), {{2, "x", nothing}}, *output)),
            Reason::kInputChanged);
  EXPECT_EQ(Spliced("abcdef", {{2, "c", ""}, {1, "", "Y"}}), "edits overlap");
}

TEST(Splice, EncodesWhatLatin1LacksAsReferences) {
  EXPECT_EQ(xml::Encode("\u00e9\u0153\u20ac\U0001D4B3", xml::Encoding::kLatin1),
            "\xE9&#339;&#8364;&#119987;");
  EXPECT_EQ(xml::Encode("\u00e9", xml::Encoding::kUtf8), "\u00e9");
}

TEST(Splice, DigestWithoutEditsIsThatOfTheInput) {
  const std::vector<xml::Edit> edits = {{0, "", "X"}, {2, "c", "YY"}, {3, "", ""}, {6, "", "!"}};
  const InputFile output = FileOf(Spliced("abcdef", edits));
  EXPECT_EQ(*xml::DigestWithoutEdits(output, edits), DigestOf(DigestAlgorithm::kSha256, "abcdef"));
  EXPECT_NE(*xml::DigestWithoutEdits(FileOf("XabYYdeF!"), edits),
            DigestOf(DigestAlgorithm::kSha256, "abcdef"));
}

}  // namespace
}  // namespace sceau::test
