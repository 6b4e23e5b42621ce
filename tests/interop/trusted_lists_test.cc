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

// Before SHA-1, which one pivot rests on, was given up.
const absl::Time kThen = absl::FromCivil(absl::CivilDay(2018, 6, 1), absl::UTCTimeZone());

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
    if (!file.ok()) continue;  // some that the table names were left out for their size
    const auto signature = verifier::CheckListSignature(*file, kThen);
    const bool valid = row[2] == "valid";
    suite.Add(row[0], valid, signature.ok());
    if (verifier::OpenTrustedList(*file, kThen).ok()) ++read;
  }
  EXPECT_EQ(suite.cases(), 53);
  EXPECT_EQ(read, 28);  // the others are of another version, or no lists
  suite.ExpectDifferences({
      {"cookbook-signature-pool/signedXmlXadesLT.xml",
       "a signed document, no list; a transform that is not admitted"},
      {"lotlCache/tl_pivot_172_mp.xml", "signed with an RSA key of 1024 bits"},
  });
}

}  // namespace
}  // namespace sceau::test
