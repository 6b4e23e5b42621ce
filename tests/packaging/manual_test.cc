// The man pages, the completion and the unit say what the programs do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/strings.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace sceau::test {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Source(const std::string& path) {
  return ReadSmallFile(Concat(SCEAU_SOURCE_DIR, "/", path)).value_or("");
}

class Manual : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto made = RunProcess(
        {"python3", SCEAU_SOURCE_DIR "/packaging/make-man", SCEAU, SCEAUD, folder_.path()});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  // Without the marks of roff.
  std::string Page(const std::string& name) const {
    const std::string text = ReadSmallFile(folder_.path() + "/" + name).value_or("");
    return std::regex_replace(text, std::regex("\\\\(&|e|-)"), "$1");
  }
  // What bash offers for the word at this place of a command line.
  std::string Completed(const std::string& words, int at) const {
    return RunProcess({"bash", "-c",
                       Concat("source ", folder_.path(), "/sceau.bash; COMP_WORDS=(", words,
                              "); COMP_CWORD=", at, "; _sceau; echo \"${COMPREPLY[@]}\"")})
        .out;
  }
  TemporaryFolder folder_;
};

// The words at the beginning of the lines under "Verbs:".
std::vector<std::string> VerbsOf(const std::string& help) {
  std::vector<std::string> verbs;
  const size_t begin = help.find("\nVerbs:\n");
  if (begin == std::string::npos) return verbs;
  const std::string list = help.substr(begin, help.find("\n\n", begin) - begin);
  const std::regex verb("\n  ([a-z][a-z-]*)");
  for (std::sregex_iterator it(list.begin(), list.end(), verb), end; it != end; ++it) {
    verbs.push_back((*it)[1]);
  }
  return verbs;
}

TEST_F(Manual, EveryVerbIsThereWithItsOwnHelpAndAnExample) {
  const std::string page = Page("sceau.1");
  const auto verbs = VerbsOf(RunProcess({SCEAU, "--lang", "en", "--help"}).out);
  EXPECT_GE(verbs.size(), 10u);
  for (const std::string& verb : verbs) {
    std::string upper = verb;
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_THAT(page, HasSubstr(Concat(".SH \"SCEAU ", upper, "\"")));
    const std::string help = RunProcess({SCEAU, verb, "--lang", "en", "--help"}).out;
    const auto deeper = VerbsOf(help);
    if (deeper.empty()) {
      EXPECT_THAT(help, HasSubstr(Concat("sceau ", verb, " "))) << "no example";
    }
    for (const std::string& word : deeper) {
      const std::string own = RunProcess({SCEAU, verb, word, "--lang", "en", "--help"}).out;
      EXPECT_THAT(own, HasSubstr(Concat("sceau ", verb, " ", word, " "))) << "no example";
    }
  }
}

TEST_F(Manual, EverySettingIsThereAsTheDaemonPrintsIt) {
  const std::string page = Page("sceaud.toml.5");
  const std::string text = RunProcess({SCEAUD, "--print-default-config"}).out;
  EXPECT_EQ(text, Source("server/sceaud.toml"));
  EXPECT_THAT(page, HasSubstr("max_size = \"512 MiB\""));
  EXPECT_THAT(page, HasSubstr(text.substr(0, text.find("\n\n"))));
}

TEST_F(Manual, TheCompletionKnowsVerbsAndOptions) {
  EXPECT_EQ(Completed("sceau ver", 1), "verify\n");
  EXPECT_EQ(Completed("sceau del", 1), "delegation\n");
  EXPECT_EQ(Completed("sceau pes ans", 2), "answers\n");
  EXPECT_EQ(Completed("sceau delegation expl", 2), "explain\n");
  EXPECT_THAT(Completed("sceau delegation ex", 2), AnyOf("explain export\n", "export explain\n"));
  EXPECT_EQ(Completed("sceau sign --set-d", 2), "--set-dematerialisee\n");
  EXPECT_EQ(Completed("sceau verify --rep", 2), "--report\n");
  EXPECT_EQ(Completed("sceau delegation explain --known", 3), "\n");
  EXPECT_EQ(Completed("sceau delegation explain flux.xml --cer", 4), "--cert\n");
  EXPECT_EQ(Completed("sceau delegation show id --known", 4), "--known-at\n");
}

TEST_F(Manual, TheCompletionOffersOptionsAfterADashAndNothingElseThere) {
  // Nothing: bash then completes names of files.
  EXPECT_EQ(Completed("sceau verify ''", 2), "\n");
  EXPECT_EQ(Completed("sceau sign flux", 2), "\n");
  const std::string verbs = Completed("sceau delegation ''", 2);
  EXPECT_THAT(verbs, HasSubstr("add"));
  EXPECT_THAT(verbs, Not(HasSubstr("-")));
  const std::string options = Completed("sceau delegation -", 2);
  EXPECT_THAT(options, HasSubstr("--help"));
  std::istringstream words(options);
  for (std::string word; words >> word;) EXPECT_TRUE(word.starts_with("--")) << word;
}

TEST(Unit, HoldsWhatTheServiceManagerAsksFor) {
  // systemd-analyze wants the program to be there: the one that was built.
  const TemporaryFolder folder;
  std::string unit =
      std::regex_replace(Source("packaging/sceaud.service"), std::regex("/usr/bin/sceaud"), SCEAUD);
  unit = std::regex_replace(unit, std::regex("Documentation=[^\n]*\n"), "");
  const std::string path = folder.Write("sceaud.service", unit);
  const auto verified = RunProcess({"systemd-analyze", "verify", "--man=no", path});
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_EQ(verified.err.find("sceaud.service:"), std::string::npos) << verified.err;
  // 0 is confined in every way, 10 in none (systemd-analyze(1)).
  const auto security =
      RunProcess({"systemd-analyze", "security", "--offline=yes", "--threshold=20", path});
  EXPECT_EQ(security.exit_code, 0) << security.out << security.err;
}

}  // namespace
}  // namespace sceau::test
