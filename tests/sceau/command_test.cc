// The real program: wrong use, refusals before any token, help, languages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json.h"
#include "tests/sceau/files.h"
#include "tests/sceau/run_command.h"

namespace sceau::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class SceauCommand : public testing::Test {
 protected:
  void SetUp() override { input_ = folder_.Write("flux.xml", "<a/>"); }

  Ended Run(const std::vector<std::string>& arguments, const Environment& environment = {}) {
    return RunSceau(folder_, arguments, environment);
  }

  TemporaryFolder folder_;
  std::string input_;
};

TEST_F(SceauCommand, WrongUseEndsWith64AndSaysWhichWord) {
  const std::string out = In(folder_, "out.xml");
  const struct {
    std::vector<std::string> arguments;
    std::string said;
  } rows[] = {
      {{}, "sceau --help"},
      {{"certify"}, "[certify]"},
      {{"inspect"}, "[FILE]"},
      {{"inspect", input_, "--frob"}, "[--frob]"},
      {{"inspect", input_, "--lang", "de"}, "--lang de"},
      {{"key"}, "sceau --help"},
      {{"sign", input_, "-o", out}, "--whole | --all | --bordereau"},
      {{"sign", input_, "-o", out, "--whole", "--all"}, "--whole | --all | --bordereau"},
      {{"sign", input_, "-o", out, "--all", "--bordereau", "B"}, "--whole | --all | --bordereau"},
      {{"sign", input_, "-o", out, "--all", "B"}, "[B]"},
      {{"sign", input_, "--all"}, "[-o]"},
      {{"sign", "-o", out, "--all"}, "[FILE]"},
      {{"sign", input_, "-o", out, "--all", "--role"}, "--role"},
      {{"sign", input_, "-o", out, "--all", "--idempotency-key", "k"}, "--idempotency-key"},
      {{"sign", input_, "-o", out, "--all", "--allow-test-clock", "--at", "hier"}, "--at hier"},
      {{"verify"}, "[FILE]"},
      {{"verify", input_, "--at", "2026-01-01"}, "--at 2026-01-01"},
      {{"verify", input_, "--at", "infinite-future"}, "--at infinite-future"},
      {{"verify", input_, "--report", "odt"}, "--report"},
      {{"verify", input_, "--offline", "--server", "127.0.0.1:1"}, "--offline --server"},
  };
  for (const auto& row : rows) {
    const Ended run = Run(row.arguments);
    EXPECT_EQ(run.code, 64) << row.said << run.err;
    EXPECT_THAT(run.err, HasSubstr(row.said));
    EXPECT_EQ(run.out, "");
    EXPECT_FALSE(std::filesystem::exists(out));
  }
}

TEST_F(SceauCommand, WrongUseUnderJsonPrintsTheErrorDocumentAndNothingElse) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"sign", input_, "-o", In(folder_, "o"), "--json"},
                                             {"sign", input_, "-o", "-", "--all", "--json"},
                                             {"verify", "--json"},
                                             {"certify", "--json"},
                                             {"inspect", "--frob", input_, "--json"}}) {
    const Ended run = Run(arguments);
    EXPECT_EQ(run.code, 64);
    const Json json = Json::parse(run.out, nullptr, /*allow_exceptions=*/false);
    ASSERT_TRUE(json.is_object()) << run.out;
    EXPECT_EQ(json["error"]["reason"], "USAGE");
    EXPECT_EQ(json["error"].size(), 5u);
  }
}

TEST_F(SceauCommand, AGivenSigningTimeIsOnlyForLocalTests) {
  const std::vector<std::string> sign = {"sign",  input_,   "-o",   In(folder_, "o"),
                                         "--all", "--json", "--at", "2026-01-01T00:00:00Z"};
  const Ended bare = Run(sign);
  EXPECT_EQ(bare.code, 64);
  EXPECT_EQ(Json::parse(bare.out)["error"]["reason"], "TEST_CLOCK_REFUSED");

  std::vector<std::string> remote = sign;
  remote.insert(remote.end(), {"--allow-test-clock", "--server", "127.0.0.1:1"});
  const Ended served = Run(remote);
  EXPECT_EQ(served.code, 64);
  EXPECT_EQ(Json::parse(served.out)["error"]["reason"], "TEST_CLOCK_REFUSED");
}

TEST_F(SceauCommand, AFileThatCannotBeReadIs65) {
  const std::string absent = In(folder_, "absent.xml");
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"inspect", absent, "--json"},
           {"sign", absent, "-o", In(folder_, "o"), "--all", "--json"},
           {"verify", absent, "--json"}}) {
    const Ended run = Run(arguments);
    EXPECT_EQ(run.code, 65) << run.err;
    EXPECT_EQ(Json::parse(run.out)["error"]["reason"], "INPUT_UNREADABLE");
  }
}

TEST_F(SceauCommand, ARefusedFileIsAlsoInTheReport) {
  const Ended run = Run({"verify", In(folder_, "absent.xml"), "--json"});
  const Json json = Json::parse(run.out);
  EXPECT_EQ(json["reportVersion"], 1);
  EXPECT_EQ(json["files"][0]["verdict"], "REFUSED");
}

TEST_F(SceauCommand, AVerbsNameCanBeAFilesName) {
  const Ended run = Run({"inspect", "verify", "--json"});
  EXPECT_EQ(run.code, 65);
  EXPECT_THAT(run.out, HasSubstr("verify: "));
}

TEST_F(SceauCommand, AnExistingOutputIsNotTouchedAndNoTokenIsAsked) {
  const std::string out = folder_.Write("out.xml", "keep");
  const Ended run = Run({"sign", input_, "-o", out, "--all", "--role", "R", "--json"});
  EXPECT_EQ(run.code, 73);
  EXPECT_EQ(Json::parse(run.out)["error"]["reason"], "OUTPUT_EXISTS");
  EXPECT_EQ(ReadFile(out), "keep");
}

TEST_F(SceauCommand, AFileNeverTakesThePlaceOfADevice) {
  const std::string pipe = In(folder_, "pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(Run({"sign", input_, "-o", pipe, "--all", "--role", "R", "--force"}).code, 73);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

TEST_F(SceauCommand, AnInvalidConfigurationIs78) {
  const std::string config = folder_.Write("c.toml", "[signature]\nrolle = \"Maire\"\n");
  for (const std::vector<std::string>& verb :
       std::vector<std::vector<std::string>>{{"inspect", input_},
                                             {"verify", input_},
                                             {"key", "list"},
                                             {"token", "list"},
                                             {"profile", "list"},
                                             {"sign", input_, "-o", In(folder_, "o"), "--all"}}) {
    std::vector<std::string> arguments = verb;
    arguments.insert(arguments.end(), {"--config", config, "--json"});
    const Ended run = Run(arguments);
    EXPECT_EQ(run.code, 78) << run.err;
    EXPECT_EQ(Json::parse(run.out)["error"]["reason"], "CONFIG_INVALID");
    EXPECT_THAT(run.err, HasSubstr("nearest: signature.role"));
  }
  EXPECT_EQ(Run({"inspect", input_}, {{"SCEAU_CONFIG", config}}).code, 78);
}

TEST_F(SceauCommand, SpeaksFrenchUnlessToldOtherwise) {
  const std::vector<std::string> wrong = {"inspect"};
  EXPECT_THAT(Run(wrong).err, HasSubstr("mal formée"));  // although LANG is English
  EXPECT_THAT(Run({"inspect", "--lang", "en"}).err, HasSubstr("malformed"));
  EXPECT_THAT(Run({"inspect", "--lang=en"}).err, HasSubstr("malformed"));
  EXPECT_THAT(Run({"--lang", "en", "inspect"}).err, HasSubstr("malformed"));
  EXPECT_THAT(Run(wrong, {{"SCEAU_LANG", "en"}}).err, HasSubstr("malformed"));
  EXPECT_THAT(Run({"inspect", "--lang", "fr"}, {{"SCEAU_LANG", "en"}}).err,
              HasSubstr("mal formée"));
}

TEST_F(SceauCommand, TheHelpOfEveryVerbHasAnExample) {
  for (const std::vector<std::string>& verb :
       std::vector<std::vector<std::string>>{{"inspect"},
                                             {"sign"},
                                             {"verify"},
                                             {"key", "list"},
                                             {"token", "list"},
                                             {"profile", "list"},
                                             {"delegation", "explain"},
                                             {"audit", "verify"}}) {
    std::vector<std::string> arguments = verb;
    arguments.push_back("--help");
    const Ended french = Run(arguments);
    EXPECT_EQ(french.code, 0);
    EXPECT_THAT(french.out, HasSubstr("Utilisation : sceau " + verb[0]));
    EXPECT_THAT(french.out, HasSubstr("Exemple :\n  sceau " + verb[0]));
    EXPECT_THAT(french.out, HasSubstr("--json"));
    arguments.insert(arguments.end(), {"--lang", "en"});
    EXPECT_THAT(Run(arguments).out, HasSubstr("Example:\n  sceau " + verb[0]));
  }
  const Ended main = Run({"--help"});
  EXPECT_EQ(main.code, 0);
  EXPECT_THAT(main.out, HasSubstr("Codes de sortie"));
}

TEST_F(SceauCommand, P58_NoOptionTakesAPinItself) {
  const Ended help = Run({"sign", "--help"});
  EXPECT_THAT(help.out, HasSubstr("--pin-source"));
  const std::string canary = "81726354";
  const Ended run = Run({"sign", input_, "-o", In(folder_, "o"), "--all", "--pin", canary});
  EXPECT_EQ(run.code, 64);
  EXPECT_THAT(run.out + run.err, Not(HasSubstr(canary)));
}

TEST_F(SceauCommand, SaysItsVersion) {
  const Ended run = Run({"--version"});
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.out, StartsWith("0."));
}

}  // namespace
}  // namespace sceau::cli
