// Real sizes through the service, both ways.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/digest.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"

namespace sceau::test {
namespace {

constexpr int64_t kMostMemory = 256 << 20;  // bytes, of the daemon, whatever the file's size
constexpr const char* kTime = "2027-01-01T00:00:00Z";

void ExpectItPassesBothWays(const gen::PesSpec& spec, int64_t at_least) {
  Appliance appliance;
  appliance.Start();
  const std::string input = appliance.Generate("flux.xml", spec);
  ASSERT_GE(static_cast<int64_t>(std::filesystem::file_size(input)), at_least);
  const std::string output = appliance.Path("signed.xml");

  const ProcessResult sign = appliance.Sceau(appliance.SignThere(input, output));
  ASSERT_EQ(sign.exit_code, 0) << sign.err;
  const Json said = Json::parse(sign.out);
  {
    const std::string written = ReadFile(output);
    EXPECT_EQ(said["size"], written.size());
    EXPECT_EQ(said["sha256"], ToHex(DigestOf(DigestAlgorithm::kSha256, written)));
    EXPECT_EQ(said["signed"].size(), 2u);
    EXPECT_TRUE(Undo(written, said["edits"]) == ReadFile(input));
  }

  const ProcessResult here = appliance.Sceau({"verify", output, "--json", "--at", kTime});
  EXPECT_EQ(here.exit_code, 0) << here.out;
  const ProcessResult there =
      appliance.Sceau({"verify", output, "--json", "--at", kTime, "--server", appliance.address()});
  EXPECT_EQ(there.exit_code, 0) << there.out << there.err;
  EXPECT_EQ(there.out, here.out);
  EXPECT_EQ(Json::parse(here.out)["files"][0]["verdict"], "TOTAL_PASSED");
  EXPECT_LT(appliance.PeakMemory(), kMostMemory);
}

TEST(LargeFile, FiveMegabytesPassBothWays) {
  gen::PesSpec spec;
  spec.attachments = 1;
  spec.attachment_size = 4 << 20;
  ExpectItPassesBothWays(spec, 5'000'000);
}

TEST(LargeFile, P60_AHundredAndTwentyMegabytesPassBothWaysInBoundedMemory) {
  gen::PesSpec spec;
  spec.attachments = 8;
  spec.attachment_size = 11'200'000;
  ExpectItPassesBothWays(spec, 120'000'000);
}

TEST(LargeFile, P26_OneAttachmentOfTwentyMegabytesOnOneLinePassesBothWays) {
  gen::PesSpec spec;
  spec.attachments = 1;
  spec.attachment_size = 20'000'000;
  spec.layout.base64_single_line = true;
  ExpectItPassesBothWays(spec, 26'000'000);
}

}  // namespace
}  // namespace sceau::test
