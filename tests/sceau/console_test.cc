#include "tools/sceau/console.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/sceau/files.h"

namespace sceau::cli {
namespace {

TEST(IsYes, OnlyAClearYesIsYes) {
  for (const char* answer : {"o", "O", "oui", " Oui\r", "y", "YES"}) EXPECT_TRUE(IsYes(answer));
  for (const char* answer : {"", "n", "non", "no", "ok", "oui non", "ouii", "\x1B[A"}) {
    EXPECT_FALSE(IsYes(answer)) << answer;
  }
}

// What a child on a terminal of its own answers and shows, when `typed` is typed after the
// question.
struct OnTerminal {
  int code = -1;
  std::string shown;
};
OnTerminal RunOnTerminal(int (*child)(), const std::string& typed) {
  int terminal = -1;
  const pid_t pid = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (pid == 0) _exit(child());
  OnTerminal result;
  if (pid < 0) return result;
  char buffer[256];
  bool asked = false;
  for (ssize_t got; (got = read(terminal, buffer, sizeof buffer)) > 0;) {
    result.shown.append(buffer, static_cast<size_t>(got));
    if (asked || result.shown.find("[o/N]") == std::string::npos) continue;
    asked = true;
    if (write(terminal, typed.data(), typed.size()) < 0) break;
  }
  int status = 0;
  waitpid(pid, &status, 0);
  close(terminal);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

int AskOnTerminal() {
  const Console console(Lang::kFr);
  if (!console.Interactive()) return 2;
  return console.Ask({"Signer ? [o/N]", "Sign? [y/N]"}) ? 0 : 1;
}

TEST(Console, AsksOnTheTerminalAndTakesTheAnswer) {
  const OnTerminal yes = RunOnTerminal(AskOnTerminal, "oui\n");
  EXPECT_EQ(yes.code, 0);
  EXPECT_NE(yes.shown.find("Signer ? [o/N]"), std::string::npos);
  EXPECT_EQ(RunOnTerminal(AskOnTerminal, "non\n").code, 1);
  EXPECT_EQ(RunOnTerminal(AskOnTerminal, "\n").code, 1);
}

int ShowProgress() {
  const Console console(Lang::kFr);
  console.Progress({"Signature", "Signing"}, 1, 2);
  console.Progress({"Signature", "Signing"}, 2, 2);
  return 0;
}

TEST(Console, ShowsProgressOnATerminal) {
  const OnTerminal run = RunOnTerminal(ShowProgress, "");
  EXPECT_NE(run.shown.find("1/2"), std::string::npos);
  EXPECT_NE(run.shown.find("2/2"), std::string::npos);
}

TEST(Console, ShowsNoProgressAwayFromATerminal) {
  testing::internal::CaptureStderr();
  ShowProgress();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Console, AFailureIsSaidWithWhatToDo) {
  testing::internal::CaptureStderr();
  Console(Lang::kFr).Say(Error(Reason::kOutputExists, "a\x1B[2Kb"));
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("Le fichier de sortie existe déjà."), std::string::npos);
  EXPECT_NE(said.find("--force"), std::string::npos);
  EXPECT_EQ(said.find('\x1B'), std::string::npos);
}

TEST(PrintError, WritesTheDocumentOfACommandThatFailed) {
  testing::internal::CaptureStdout();
  ASSERT_TRUE(PrintError(Error(Reason::kDoctypeRefused, "", {3, 1, ""}), Lang::kFr).ok());
  const Json json = Json::parse(testing::internal::GetCapturedStdout());
  EXPECT_EQ(json.size(), 1u);
  EXPECT_EQ(json["error"]["reason"], "DOCTYPE_REFUSED");
  EXPECT_EQ(json["error"]["line"], 3);
}

TEST(PrintToFile, NeverOverwritesWithoutForceAndAppearsWhole) {
  const TemporaryFolder folder;
  const std::string path = In(folder, "rapport.json");
  const auto write = [&](const TextSink& sink) {
    sink("un ");
    EXPECT_FALSE(std::filesystem::exists(path));
    sink("deux");
  };
  ASSERT_TRUE(PrintToFile(path, false, write).ok());
  EXPECT_EQ(ReadFile(path), "un deux");
  const auto other = [](const TextSink& sink) { sink("trois"); };
  EXPECT_EQ(ReasonOf(PrintToFile(path, false, other)), Reason::kOutputExists);
  EXPECT_EQ(ReadFile(path), "un deux");
  ASSERT_TRUE(PrintToFile(path, true, other).ok());
  EXPECT_EQ(ReadFile(path), "trois");
}

}  // namespace
}  // namespace sceau::cli
