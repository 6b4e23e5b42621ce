// What people read is written by one set of rules, in French and in English, and the program that
// checks them finds what breaks them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace sceau::test {
namespace {

using ::testing::HasSubstr;

ProcessResult Words(const std::string& root) {
  return RunProcess({"python3", SCEAU_SOURCE_DIR "/tests/house/words", root});
}

// A room in which one pair of texts stands: {"français", "English"}.
ProcessResult WithAPair(const std::string& pair, const std::string& file = "base/words.cc") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() + "/base");
  folder.Write(file, "constexpr Text kText = " + pair + ";\n");
  return Words(folder.path());
}

TEST(Words, OfTheProductKeepTheRules) {
  const auto result = Words(SCEAU_SOURCE_DIR);
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

TEST(Words, AGoodPairIsLeftAlone) {
  const auto result = WithAPair(
      R"({"Lancez « sceau check » ; il donne : " "les erreurs.", "Run 'sceau check': it tells."})",
      "base/reason.cc");
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("1 pairs, 0 breaches"));
}

TEST(Words, EachBreachIsFound) {
  const struct {
    std::string pair, breach;
  } cases[] = {
      {R"({"Ce qui est écrit n'est pas lu.", ""})", "there is no English"},
      {R"({"The file cannot be read.", "The file cannot be read."})", "the French is the English"},
      {R"({"Le fichier  entier", "The whole file"})", "two spaces"},
      {R"({"Le fichier entier", "The whole  file"})", "two spaces"},
      {R"({"Attendez; puis réessayez", "Wait; then try again"})", "no space before a mark"},
      {R"({"Le fichier entier: ", "The whole file: "})", "no space before a mark"},
      {R"({"Le fichier entier .", "The whole file."})", "a space before a mark"},
      {R"({"Le fichier entier : ", "The whole file : "})", "a space before a mark"},
      {R"({"Lancez «sceau check»", "Run 'sceau check'"})", "guillemets"},
      {R"({"Lancez « sceau check", "Run 'sceau check'"})", "guillemets"},
      {R"({"Lancez \"sceau check\"", "Run 'sceau check'"})", "quotes"},
      {R"({"Lancez `sceau check`", "Run 'sceau check'"})", "quotes"},
      {R"({"L’acte entier", "The whole act"})", "quotes"},
      {R"({"Donnez le PIN du jeton", "Give the token's PIN"})", "say 'code PIN'"},
      {R"({"Le répertoire est absent", "The folder is absent"})", "say 'dossier'"},
      {R"({"Les anciens " "tokens sont là", "The old tokens are there"})", "say 'jeton'"},
  };
  for (const auto& it : cases) {
    const auto result = WithAPair(it.pair);
    EXPECT_EQ(result.exit_code, 1) << it.pair;
    EXPECT_THAT(result.out, HasSubstr("base/words.cc:1: ")) << it.pair;
    EXPECT_THAT(result.out, HasSubstr(it.breach)) << it.pair;
  }
}

TEST(Words, ATableOfSentencesHasSentences) {
  const std::string open = R"({"Le fichier est lu", "The file is read."})";
  EXPECT_EQ(WithAPair(open).exit_code, 0);
  const auto unfinished = WithAPair(open, "base/reason.cc");
  EXPECT_EQ(unfinished.exit_code, 1);
  EXPECT_THAT(unfinished.out, HasSubstr("no full stop"));
  EXPECT_THAT(WithAPair(R"({"le fichier est lu.", "The file is read."})", "base/reason.cc").out,
              HasSubstr("no capital"));
}

}  // namespace
}  // namespace sceau::test
