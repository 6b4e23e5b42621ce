// docs/integration.md lists every reason as base/reason.cc has it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/reason.h"
#include "base/strings.h"

namespace sceau {
namespace {

std::string RowOf(const ReasonInfo& info) {
  return Concat("| `", info.name, "` | ", absl::StatusCodeToString(info.code), " | ",
                info.exit_code, " | ", info.what.en, " | ", info.remedy.en, " |");
}

TEST(IntegrationDoc, TheTableOfReasonsIsTheOneOfTheProgram) {
  const auto text = ReadSmallFile(SCEAU_SOURCE_DIR "/docs/integration.md");
  ASSERT_TRUE(text.ok()) << text.status();
  std::vector<std::string> found;
  const std::vector<std::string> lines = absl::StrSplit(*text, '\n');
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(found), [](const std::string& line) {
    return absl::StartsWith(line, "| `") && std::count(line.begin(), line.end(), '|') == 6;
  });
  std::vector<std::string> expected;
  for (const ReasonInfo& info : AllReasons()) expected.push_back(RowOf(info));
  EXPECT_THAT(found, ::testing::ElementsAreArray(expected));
}

}  // namespace
}  // namespace sceau
