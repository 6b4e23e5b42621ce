// The house rules hold, and the program that checks them finds what breaks them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace sceau::test {
namespace {

using ::testing::HasSubstr;

ProcessResult Floors(const std::string& root) {
  return RunProcess({"python3", SCEAU_SOURCE_DIR "/tests/house/floors", root});
}

TEST(House, IncludesPointDownAndFilesAreShort) {
  const auto result = Floors(SCEAU_SOURCE_DIR);
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

// Three rooms in which one line is wrong.
ProcessResult WithALine(const std::string& file, const std::string& content) {
  const TemporaryFolder folder;
  folder.Write("CMakeLists.txt",
               "add_subdirectory(base)\nadd_subdirectory(hsm)\nadd_subdirectory(verifier)\n"
               "add_subdirectory(server)\nadd_subdirectory(tests)\n");
  for (const char* room : {"base", "hsm", "verifier", "server", "tests"}) {
    std::filesystem::create_directory(folder.path() + "/" + room);
  }
  folder.Write("base/good.cc", "#include \"base/status.h\"\n");
  folder.Write(file, content);
  return Floors(folder.path());
}

TEST(House, AnArrowUpIsFound) {
  const auto result = WithALine("base/bad.cc", "#include \"server/config.h\"\n");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("base/bad.cc:1: includes server/config.h: base/ stands below"));
}

TEST(House, AVerifierThatKnowsTokensIsFound) {
  const auto result = WithALine("verifier/bad.h", "\n# include \"hsm/tokens.h\"\n");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("verifier/bad.h:2"));
}

TEST(House, AGeneratedMessageBelowTheEdgeIsFound) {
  const auto result = WithALine("verifier/bad.cc", "#include \"sceau/v1/signing.pb.h\"\n");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("generated messages"));
  EXPECT_EQ(WithALine("server/edge.cc", "#include \"sceau/v1/signing.pb.h\"\n").exit_code, 0);
}

TEST(House, AFileThatIsTooLongIsFound) {
  EXPECT_EQ(WithALine("base/long.cc", std::string(500, '\n')).exit_code, 0);
  const auto result = WithALine("base/long.cc", std::string(501, '\n'));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("501 lines"));
}

}  // namespace
}  // namespace sceau::test
