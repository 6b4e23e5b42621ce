// tools/demo, with the build that is being tested.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_split.h"
#include "base/strings.h"
#include "tests/e2e/documents.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace sceau::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// Whether a process has this text on its command line.
bool SomeProcessNames(const std::string& text) {
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
    std::ifstream line(entry.path() / "cmdline", std::ios::binary);
    const std::string words{std::istreambuf_iterator<char>(line), {}};
    if (words.find(text) != std::string::npos) return true;
  }
  return false;
}

class Demo : public testing::Test {
 protected:
  Demo() {
    std::filesystem::create_directory(temporary());
    ::setenv("TMPDIR", temporary().c_str(), 1);
    ::setenv("SCEAU_BUILD", SCEAU_BUILD_DIR, 1);
    for (const char* name : {"SCEAU_CONFIG", "SCEAU_LANG"}) ::unsetenv(name);
  }
  ~Demo() override { ::unsetenv("TMPDIR"); }

  // What it makes is made here; RunProcess keeps its own files elsewhere.
  std::string temporary() const { return folder_.path() + "/tmp"; }

  static ProcessResult Run(std::vector<std::string> options) {
    options.insert(options.begin(), {SCEAU_SOURCE_DIR "/tools/demo", "--no-build"});
    return RunProcess(options);
  }
  void ExpectNothingLeft() const {
    EXPECT_TRUE(std::filesystem::is_empty(temporary()));
    EXPECT_FALSE(SomeProcessNames(temporary() + "/sceau-demo-"));
  }

  TemporaryFolder folder_;
};

TEST_F(Demo, ShowsEveryStepInFrenchAndLeavesNothing) {
  const ProcessResult demo = Run({});
  EXPECT_EQ(demo.exit_code, 0) << demo.out << demo.err;
  // Competence, audit log and page are in it.
  for (const char* shown : {"delegation add", "--report html", "audit verify"}) {
    EXPECT_THAT(demo.out, HasSubstr(shown));
  }
  EXPECT_THAT(demo.out, HasSubstr("BORDD0001 NO_ACT"));
  EXPECT_THAT(demo.out, HasSubstr("3 signatures faites et vérifiées"));
  EXPECT_THAT(demo.out, HasSubstr("VALIDE [TOTAL_PASSED]"));
  EXPECT_THAT(demo.out, HasSubstr("du bordereau BORDD0002 : INVALIDE [TOTAL_FAILED"));
  ExpectNothingLeft();
}

TEST_F(Demo, SpeaksEnglish) {
  const ProcessResult demo = Run({"--lang", "en"});
  EXPECT_EQ(demo.exit_code, 0) << demo.out << demo.err;
  EXPECT_THAT(demo.out, HasSubstr("3 signatures made and verified"));
  EXPECT_THAT(demo.out, Not(HasSubstr("bordereaux, 6 pièces")));
  ::setenv("SCEAU_LANG", "en", 1);
  const ProcessResult same = Run({});
  EXPECT_EQ(same.exit_code, 0);
  EXPECT_THAT(same.out, HasSubstr("3 signatures made and verified"));
  ExpectNothingLeft();
}

TEST_F(Demo, WhatItKeepsCanBeRepeatedAndRemovedAsItSays) {
  const ProcessResult demo = Run({"--keep"});
  ASSERT_EQ(demo.exit_code, 0) << demo.out << demo.err;
  std::vector<std::string> commands;
  bool listing = false;
  for (const auto line : absl::StrSplit(demo.out, '\n')) {
    listing = listing || line.find("Tout s'est passé comme prévu") != absl::string_view::npos;
    if (listing && line.substr(0, 5) == "     ") commands.emplace_back(line.substr(5));
  }
  ASSERT_EQ(commands.size(), 10u) << demo.out;
  for (const std::string& command : commands) {
    const bool altered = command.find("verify") != std::string::npos &&
                         command.find("altered.xml") != std::string::npos;
    const ProcessResult again =
        RunProcess({"bash", "-c", Concat("cd " SCEAU_SOURCE_DIR "\n", command)});
    EXPECT_EQ(again.exit_code, altered ? 1 : 0) << command << again.err;
  }
  while (SomeProcessNames(temporary() + "/sceau-demo-")) ::usleep(10'000);
  ExpectNothingLeft();
}

TEST_F(Demo, EndsWithAFailureWhenAVerdictIsNotAsItShouldBe) {
  // A verifier that looks at the untouched file instead of the changed one.
  const std::string build = folder_.path() + "/build";
  std::filesystem::create_directories(build + "/tools/sceau");
  std::filesystem::create_directories(build + "/tools/gen");
  std::filesystem::create_symlink(SCEAU_BUILD_DIR "/sceaud", build + "/sceaud");
  std::filesystem::create_symlink(SCEAU_BUILD_DIR "/tools/gen/sceau-gen",
                                  build + "/tools/gen/sceau-gen");
  const std::string blind = folder_.Write("build/tools/sceau/sceau",
                                          "#!/bin/bash\nexec " SCEAU_BUILD_DIR
                                          "/tools/sceau/sceau \"${@/%altered.xml/signed.xml}\"\n");
  ASSERT_EQ(::chmod(blind.c_str(), 0700), 0);
  ::setenv("SCEAU_BUILD", build.c_str(), 1);
  const ProcessResult demo = Run({});
  EXPECT_EQ(demo.exit_code, 1) << demo.out << demo.err;
  EXPECT_THAT(demo.err, HasSubstr("ÉCHEC"));
  ExpectNothingLeft();
}

TEST_F(Demo, WrongUseIs64) { EXPECT_EQ(Run({"--nonsense"}).exit_code, 64); }

}  // namespace
}  // namespace sceau::test
