// The command itself: files, exit codes, memory.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "tests/gen/pes_document.h"
#include "tests/support/temporary_folder.h"

extern char** environ;

namespace sceau::gen {
namespace {

struct Ran {
  int exit_code = -1;
  int64_t peak_kib = 0;
  std::string out;
  std::string err;
};

class Command : public testing::Test {
 protected:
  std::string At(const std::string& name) const { return folder_.path() + "/" + name; }

  Ran Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), SCEAU_GEN);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, At("out").c_str(), O_CREAT | O_TRUNC | O_WRONLY,
                                     0600);
    posix_spawn_file_actions_addopen(&actions, 2, At("err").c_str(), O_CREAT | O_TRUNC | O_WRONLY,
                                     0600);
    pid_t pid = 0;
    EXPECT_EQ(posix_spawn(&pid, SCEAU_GEN, &actions, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    rusage usage{};
    EXPECT_EQ(wait4(pid, &status, 0, &usage), pid);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, usage.ru_maxrss, Read("out"),
            Read("err")};
  }

  std::string Read(const std::string& name) const {
    return ReadSmallFile(At(name), size_t{64} << 20).value_or("");
  }

 private:
  const test::TemporaryFolder folder_;
};

TEST_F(Command, DemoPresetWritesTheDemoFile) {
  EXPECT_EQ(Run({"--preset", "demo", "-o", At("demo.xml")}).exit_code, 0);
  EXPECT_EQ(Read("demo.xml"), Generate(DemoSpec()));
}

TEST_F(Command, OptionsRefineThePresetWhateverTheirOrder) {
  PesSpec spec = DemoSpec();
  spec.seed = 42;
  spec.attachment_size = 5000;
  spec.layout.oddities = true;
  EXPECT_EQ(Run({"--seed", "42", "--attachment-size", "5kB", "--oddities", "--preset", "demo", "-o",
                 At("a.xml")})
                .exit_code,
            0);
  EXPECT_EQ(Read("a.xml"), Generate(spec));
}

TEST_F(Command, EveryOptionReachesTheGenerator) {
  PesSpec spec;
  spec.seed = 3;
  spec.exercice = 2025;
  spec.depense = 2;
  spec.recette = 0;
  spec.pieces = 4;
  spec.lines = 1;
  spec.attachments = 2;
  spec.attachment_size = 2500;
  spec.dematerialisee = Dematerialisee::kAbsent;
  spec.bordereau_ids = spec.root_id = spec.ds_prefix = false;
  spec.layout = {Encoding::kUtf8,    true,           false, LineEnd::kCrlf,
                 Indentation::kTabs, Quote::kSingle, false, true};
  EXPECT_EQ(Run({"--seed=3",
                 "--exercice=2025",
                 "--depense=2",
                 "--recette=0",
                 "--pieces=4",
                 "--lines=1",
                 "--attachments=2",
                 "--attachment-size=2500",
                 "--dematerialisee=absent",
                 "--no-bordereau-ids",
                 "--no-root-id",
                 "--no-ds-prefix",
                 "--encoding=utf-8",
                 "--bom",
                 "--no-declaration",
                 "--line-end=crlf",
                 "--indent=tabs",
                 "--quotes=single",
                 "--base64-one-line",
                 "--output",
                 At("a.xml")})
                .exit_code,
            0);
  EXPECT_EQ(Read("a.xml"), Generate(spec));
}

TEST_F(Command, NeverOverwritesWithoutForce) {
  EXPECT_EQ(Run({"--seed", "1", "-o", At("a.xml")}).exit_code, 0);
  const std::string first = Read("a.xml");
  EXPECT_EQ(Run({"--seed", "2", "-o", At("a.xml")}).exit_code, 73);
  EXPECT_EQ(Read("a.xml"), first);
  EXPECT_EQ(Run({"--seed", "2", "-o", At("a.xml"), "--force"}).exit_code, 0);
  EXPECT_NE(Read("a.xml"), first);
}

TEST_F(Command, DashIsStandardOutput) {
  const Ran ran = Run({"--preset", "demo", "-o", "-"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_EQ(ran.out, Generate(DemoSpec()));
}

TEST_F(Command, WrongUseIs64AndWritesNothing) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--pieces", "0"},
                                                    {"--bom"},
                                                    {"--quotes", "triple"},
                                                    {"--seed", "one"},
                                                    {"--unknown"},
                                                    {"--attachment-size", "3"}}) {
    std::vector<std::string> all = arguments;
    all.insert(all.end(), {"-o", At("a.xml")});
    const Ran ran = Run(all);
    EXPECT_EQ(ran.exit_code, 64) << arguments[0];
    EXPECT_THAT(ran.err, testing::HasSubstr("mal formée"));
    EXPECT_FALSE(std::filesystem::exists(At("a.xml")));
  }
  EXPECT_EQ(Run({}).exit_code, 64);
}

TEST_F(Command, HelpIsInFrenchOrEnglishWithExamples) {
  const Ran french = Run({"--help"});
  EXPECT_EQ(french.exit_code, 0);
  EXPECT_THAT(french.out, testing::HasSubstr("Exemples :"));
  EXPECT_THAT(french.out, testing::HasSubstr("--attachment-size"));
  EXPECT_THAT(Run({"--help", "--lang", "en"}).out, testing::HasSubstr("Examples:"));
}

TEST_F(Command, MemoryDoesNotGrowWithTheFile) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer's own memory grows";
#endif
  const Ran small = Run({"--attachments", "1", "--attachment-size", "10kB", "-o", At("small.xml")});
  const Ran large = Run({"--attachments", "4", "--attachment-size", "4MB", "--depense", "30",
                         "--recette", "30", "--pieces", "60", "-o", At("large.xml")});
  ASSERT_EQ(small.exit_code, 0);
  ASSERT_EQ(large.exit_code, 0);
  EXPECT_GT(std::filesystem::file_size(At("large.xml")), size_t{28} << 20);
  EXPECT_LT(large.peak_kib, small.peak_kib + 4096);
}

}  // namespace
}  // namespace sceau::gen
