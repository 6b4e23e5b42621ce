// Members of a ZIP archive, and archives that are not what they say.
#include <gtest/gtest.h>

#include "tests/contents/content_file.h"
#include "tests/support/pdf_document.h"

namespace sceau::contents {
namespace {

Facts ZipFactsOf(std::string_view content) { return FactsOf(content, Format::kZip); }

TEST(Zip, P32_MembersAreListedWithTheirRealSize) {
  const Facts facts = ZipFactsOf(test::ZipOf({{"a/état.txt", "12345"}, {"../b", ""}}));
  ASSERT_EQ(facts.outcome, Outcome::kRead);
  ASSERT_EQ(facts.zip->members.size(), 2u);
  EXPECT_EQ(facts.zip->members[0].name, "a/état.txt");
  EXPECT_EQ(facts.zip->members[0].size, 5);
  EXPECT_EQ(facts.zip->members[1].name, "../b");
  EXPECT_EQ(facts.zip->total, 5);
}

TEST(Zip, P32_DamageIsSaid) {
  const std::string zip = test::ZipOf({{"a", std::string(1000, 'a')}});
  EXPECT_EQ(ZipFactsOf(zip.substr(0, zip.size() / 2)).outcome, Outcome::kUnreadable);
  std::string altered = zip;
  // The first byte of the data, behind a header of 30 bytes, the name and the extra field.
  altered[30 + 1 + static_cast<size_t>(zip[28])] ^= 1;
  EXPECT_EQ(ZipFactsOf(altered).outcome, Outcome::kUnreadable);
  EXPECT_EQ(ZipFactsOf("PK\x03\x04 and nothing else").outcome, Outcome::kUnreadable);
}

// 260 MiB of zeros in two members.
TEST(Zip, P32_ABombIsStopped) {
  std::vector<test::ZipEntry> entries;
  for (const char* name : {"1", "2"}) {
    entries.push_back({name, std::string(size_t{130} << 20, '\0')});
  }
  const std::string zip = test::ZipOf(entries);
  ASSERT_LT(zip.size(), 2u << 20);
  EXPECT_EQ(ZipFactsOf(zip).outcome, Outcome::kTooLarge);
}

TEST(Zip, P32_TooManyMembersAreTooLarge) {
  std::vector<test::ZipEntry> entries(kMaxMembers + 1, {"a", ""});
  EXPECT_EQ(ZipFactsOf(test::ZipOf(entries)).outcome, Outcome::kTooLarge);
  entries.pop_back();
  EXPECT_EQ(ZipFactsOf(test::ZipOf(entries)).outcome, Outcome::kRead);
}

}  // namespace
}  // namespace sceau::contents
