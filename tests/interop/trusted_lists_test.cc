// Other people's trusted lists, good and broken (corpora/dss-tsl).
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_split.h"
#include "base/file.h"
#include "tests/interop/suite.h"
#include "tests/support/shared_folder.h"
#include "verifier/trusted_list_signature.h"

namespace sceau::test {
namespace {

// When every list of the corpus had been issued; weak algorithms are judged for the day.
const absl::Time kThen = absl::FromCivil(absl::CivilDay(2022, 1, 1), absl::UTCTimeZone());

TEST(TrustedListCorpus, SignaturesOfDss) {
  SCEAU_REQUIRE_SHARED("corpora/dss-tsl");
  const std::string folder = SharedFolder() + "/corpora/dss-tsl/";
  const auto table = ReadSmallFile(folder + "expected.tsv");
  ASSERT_TRUE(table.ok());
  Suite suite("dss-tsl signatures of trusted lists");
  int read = 0;
  for (const auto line : absl::StrSplit(*table, '\n')) {
    const std::vector<std::string> row = absl::StrSplit(line, '\t');
    if (row.size() < 3 || row[0] == "path") continue;
    const auto file = InputFile::Open(folder + row[0], verifier::kMaxListSize);
    ASSERT_TRUE(file.ok()) << row[0];
    const auto signature = verifier::CheckListSignature(*file, kThen);
    const bool valid = row[2] == "valid";
    suite.Add(row[0], valid, signature.ok());
    if (valid != signature.ok()) ADD_FAILURE() << row[0] << ": " << signature.status();
    if (verifier::OpenTrustedList(*file, kThen).ok()) ++read;
  }
  EXPECT_EQ(suite.cases(), 51);
  EXPECT_EQ(read, 0);
  suite.ExpectDifferences({});
}

}  // namespace
}  // namespace sceau::test
