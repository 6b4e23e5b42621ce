// docs/security.md says for each known failure which tests would notice it: the table and the tests
// must agree.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/strings.h"

namespace sceau {
namespace {

constexpr int kRows = 69;

using TestsByRow = std::map<std::string, std::set<std::string>>;

std::string Text(const std::filesystem::path& path) {
  const auto text = ReadSmallFile(path.string());
  EXPECT_TRUE(text.ok()) << path;
  return text.ok() ? *text : std::string();
}

// "P04_..." in a test's suite or name says that it belongs to row 04; one test may have several.
TestsByRow InSources() {
  static const std::regex test(R"(TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\))");
  static const std::regex row(R"(P(\d\d)_)");
  TestsByRow found;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(SCEAU_SOURCE_DIR "/tests")) {
    if (entry.path().extension() != ".cc") continue;
    const std::string source = Text(entry.path());
    for (std::sregex_iterator it(source.begin(), source.end(), test), end; it != end; ++it) {
      const std::string name = Concat((*it)[1].str(), ".", (*it)[2].str());
      for (std::sregex_iterator at(name.begin(), name.end(), row); at != end; ++at) {
        found[(*at)[1].str()].insert(name);
      }
    }
  }
  return found;
}

struct Table {
  TestsByRow tests;
  std::set<std::string> explained;  // rows without a test, but with a reason
};

Table InDocument() {
  static const std::regex named(R"(`(\w+\.\w+)`)");
  Table table;
  const std::string text = Text(SCEAU_SOURCE_DIR "/docs/security.md");
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<std::string> cells = absl::StrSplit(line, " | ");
    if (cells.size() != 3 || cells[0].substr(0, 4) != "| P-") continue;
    const std::string row = cells[0].substr(4);
    std::set<std::string>& tests = table.tests[row];
    for (std::sregex_iterator it(cells[2].begin(), cells[2].end(), named), end; it != end; ++it) {
      tests.insert((*it)[1].str());
    }
    if (tests.empty() && cells[2].starts_with("no test: ")) table.explained.insert(row);
  }
  return table;
}

TEST(SecurityDoc, EveryRowHasItsTestsAndEveryTestStandsInItsRow) {
  const TestsByRow in_sources = InSources();
  const Table table = InDocument();
  EXPECT_EQ(table.tests.size(), static_cast<size_t>(kRows));
  for (int number = 1; number <= kRows; ++number) {
    const std::string row = Concat(number < 10 ? "0" : "", number);
    const auto documented = table.tests.find(row);
    ASSERT_NE(documented, table.tests.end()) << "no row P-" << row;
    const auto written = in_sources.find(row);
    const std::set<std::string> expected =
        written == in_sources.end() ? std::set<std::string>() : written->second;
    EXPECT_EQ(documented->second, expected) << "P-" << row;
    EXPECT_TRUE(!expected.empty() || table.explained.contains(row)) << "P-" << row;
  }
}

}  // namespace
}  // namespace sceau
