#include "xml/splice.h"

#include <gtest/gtest.h>

#include "tests/xml/xml_support.h"

namespace sceau::test {
namespace {

struct Change {
  int64_t offset;
  std::string removed, inserted;
};

std::string Spliced(const std::string& input, const std::vector<Change>& edits) {
  std::vector<xml::PlannedEdit> planned;
  for (const Change& edit : edits) {
    planned.push_back({edit.offset, edit.removed,
                       [text = edit.inserted]() -> StatusOr<std::string> { return text; }});
  }
  OutputFile output = OutputFile::Unnamed();
  const auto made = xml::Splice(FileOf(input), planned, output);
  if (!made.ok()) return std::string(InfoOf(*ReasonOf(made.status())).name);
  const auto written = output.Reread();
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

TEST(Splice, TellsWhereTheInsertedBytesStandInTheOutput) {
  const auto text = [](std::string inserted) {
    return [inserted = std::move(inserted)]() -> StatusOr<std::string> { return inserted; };
  };
  OutputFile output = OutputFile::Unnamed();
  const auto made = xml::Splice(
      FileOf("0123456789"),
      {{1, "1", text("one")}, {5, "", text("12345")}, {5, "", text("67")}, {7, "789", text("")}},
      output);
  ASSERT_TRUE(made.ok());
  ASSERT_EQ(made->edits.size(), 4u);
  EXPECT_EQ(made->edits[0].output_offset, 1);
  EXPECT_EQ(made->edits[0].removed, "1");
  EXPECT_EQ(made->edits[1].output_offset, 7);
  EXPECT_EQ(made->edits[2].output_offset, 12);
  EXPECT_EQ(made->edits[2].inserted_size, 2);
  EXPECT_EQ(made->edits[3].output_offset, 16);
}

TEST(Splice, RefusesAnInputThatIsNotWhatWasRead) {
  EXPECT_EQ(Spliced("abcdef", {{2, "x", "Y"}}), "INPUT_CHANGED");
  EXPECT_EQ(Spliced("abcdef", {{2, "c", ""}, {1, "", "Y"}}), "INTERNAL");
}

TEST(Splice, EncodesWhatLatin1LacksAsReferences) {
  EXPECT_EQ(xml::Encode("\u00e9\u0153\u20ac\U0001D4B3", xml::Encoding::kLatin1),
            "\xE9&#339;&#8364;&#119987;");
  EXPECT_EQ(xml::Encode("\u00e9", xml::Encoding::kUtf8), "\u00e9");
}

}  // namespace
}  // namespace sceau::test
