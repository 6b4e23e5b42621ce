// What was signed is kept: nothing is lost and nothing is done twice, whenever the daemon is
// killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "audit/log_check.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/strings.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"

namespace sceau::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr auto kShortLife = "[idempotency]\nexpiry = \"1s\"\n";

std::string Sha256Of(const std::string& path) {
  return ToHex(DigestOf(DigestAlgorithm::kSha256, ReadFile(path)));
}

class ResultsOfTheAppliance : public testing::Test {
 protected:
  ResultsOfTheAppliance() : state_(fs::path(appliance_.root()).parent_path() / "state") {
    input_ = appliance_.Generate("flux.xml", {});
  }

  std::vector<std::string> SignCommand(const std::string& input, const std::string& output,
                                       const std::string& key) const {
    return appliance_.SignThere(input, appliance_.Path(output),
                                {"--all", "--idempotency-key", key, "--force"});
  }
  ProcessResult Sign(const std::string& output, const std::string& key) const {
    return appliance_.Sceau(SignCommand(input_, output, key));
  }
  static std::string ReasonIn(const ProcessResult& result) {
    return Json::parse(result.out)["error"]["reason"];
  }

  // Every record of the log of this folder, which must hold against its checkpoints.
  static std::vector<Json> Records(const fs::path& audit) {
    audit::Evidence evidence;
    evidence.checkpoints = *audit::ReadCheckpoints(ReadFile(audit / "checkpoints"));
    evidence.public_key = *audit::ReadPublicKey(ReadFile(audit / "public.pem"));
    const auto file = InputFile::Open(audit / "log", 1 << 30);
    std::vector<Json> records;
    const auto state = audit::CheckLog(
        *file, &evidence, [&](const audit::Record& it) { records.push_back(it.fields); });
    EXPECT_TRUE(state.ok() && !state->first_bad) << state.status();
    return records;
  }
  // The files that the log says were released of this document.
  std::vector<std::string> ReleasedOf(const std::string& input) const {
    std::vector<std::string> released;
    for (const Json& it : Records(state_ / "audit")) {
      if (it["kind"] == "DONE" && it["document"] == Sha256Of(input)) {
        released.push_back(it["released"]);
      }
    }
    return released;
  }
  size_t KeptFiles() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(state_ / "store/results"), fs::directory_iterator()));
  }

  ProcessResult Daemon(const std::vector<std::string>& more) const {
    std::vector<std::string> command = {SCEAUD, "--config",
                                        fs::path(appliance_.root()).parent_path() / "sceaud.toml"};
    command.insert(command.end(), more.begin(), more.end());
    return RunProcess(command);
  }

  void KillAtRandom(int times);

  Appliance appliance_;
  const fs::path state_;
  std::string input_;
};

TEST_F(ResultsOfTheAppliance, AreTheSameAfterTheDaemonWasKilled) {
  appliance_.Start();
  ASSERT_EQ(Sign("1.xml", "key").exit_code, 0);
  appliance_.daemon().Stop(SIGKILL);
  appliance_.Start();
  const ProcessResult again = Sign("2.xml", "key");
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(ReadFile(appliance_.Path("2.xml")), ReadFile(appliance_.Path("1.xml")));
  EXPECT_THAT(ReleasedOf(input_), testing::ElementsAre(Sha256Of(appliance_.Path("1.xml"))));
}

TEST_F(ResultsOfTheAppliance, ThatAreOverAreNotSignedAgain) {
  appliance_.Start(kShortLife);
  ASSERT_EQ(Sign("1.xml", "key").exit_code, 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  for (int i = 0; i < 2; ++i) {
    const ProcessResult again = Sign("2.xml", "key");
    EXPECT_EQ(again.exit_code, 65) << again.out;
    EXPECT_EQ(ReasonIn(again), "RESULT_EXPIRED");
    appliance_.daemon().Stop(SIGTERM);
    appliance_.Start(kShortLife);
  }
  EXPECT_FALSE(fs::exists(appliance_.Path("2.xml")));
  EXPECT_EQ(KeptFiles(), 0U);
  EXPECT_EQ(ReleasedOf(input_).size(), 1U);
}

TEST_F(ResultsOfTheAppliance, ThatCannotBeKeptAreNotReleased) {
  appliance_.Start();
  ASSERT_EQ(Sign("1.xml", "first").exit_code, 0);
  const fs::path results = state_ / "store/results";
  fs::rename(results, state_ / "store/away");
  const ProcessResult refused = Sign("2.xml", "second");
  EXPECT_EQ(refused.exit_code, 69) << refused.out;
  EXPECT_EQ(ReasonIn(refused), "STORE_UNUSABLE");
  EXPECT_FALSE(fs::exists(appliance_.Path("2.xml")));
  fs::rename(state_ / "store/away", results);
  EXPECT_EQ(Sign("2.xml", "second").exit_code, 0);
  EXPECT_EQ(ReleasedOf(input_).size(), 2U);
}

TEST_F(ResultsOfTheAppliance, ASecondDaemonDoesNotUseTheSameState) {
  appliance_.Start();
  const ProcessResult second = Daemon({"--lang", "en"});
  EXPECT_NE(second.exit_code, 0);
  EXPECT_THAT(second.err, HasSubstr("another process uses it"));
}

// The daemon is killed at some moment of each signing; then the same request is made again.
void ResultsOfTheAppliance::KillAtRandom(int times) {
  using std::chrono::steady_clock;
  appliance_.Start();
  const auto began = steady_clock::now();
  ASSERT_EQ(Sign("first.xml", "first").exit_code, 0);
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - began);
  int killed_before_the_answer = 0;
  for (int n = 0; n < times; ++n) {
    SCOPED_TRACE(n);
    gen::PesSpec spec;
    spec.seed = static_cast<uint64_t>(n) + 2;
    const std::string input = appliance_.Generate(Concat("flux", n, ".xml"), spec);
    const std::string output = Concat("out", n, ".xml");
    const std::string key = Concat("key", n);
    BackgroundProcess client(appliance_.Command(SignCommand(input, output, key)),
                             appliance_.Path("client.log"));
    const auto part = std::stoll(RandomHex(2), nullptr, 16) % 1200;
    std::this_thread::sleep_for(took * part / 1000);
    appliance_.daemon().Stop(SIGKILL);
    const bool answered = client.Wait() == 0;
    ASSERT_EQ(fs::exists(appliance_.Path(output)), answered);
    const std::string first = answered ? Sha256Of(appliance_.Path(output)) : "";
    killed_before_the_answer += answered ? 0 : 1;
    appliance_.Start();
    const ProcessResult again = appliance_.Sceau(SignCommand(input, output, key));
    ASSERT_EQ(again.exit_code, 0) << again.out << appliance_.Log();
    const std::string now = Sha256Of(appliance_.Path(output));
    if (answered) {
      EXPECT_EQ(now, first);
    }
    ASSERT_THAT(ReleasedOf(input), testing::ElementsAre(now));
    fs::remove(input);
    fs::remove(appliance_.Path(output));
  }
  EXPECT_EQ(KeptFiles(), static_cast<size_t>(times) + 1);
  appliance_.daemon().Stop(SIGTERM);
  std::map<std::string, int> kinds;
  for (const Json& it : Records(state_ / "audit")) ++kinds[it["kind"]];
  EXPECT_EQ(kinds["DONE"], times + 1);
  std::cout << times << " kills, " << killed_before_the_answer << " before the answer, "
            << kinds["INTENT"] << " intents, " << kinds["DONE"] << " ends, " << kinds["FAILED"]
            << " failures" << std::endl;
}

TEST_F(ResultsOfTheAppliance, P67_EachRequestIsSignedOnceWheneverTheDaemonIsKilled) {
  KillAtRandom(SCEAU_KILLS);
}

// Each with its own token, state and log; what happens to one is nothing to the other.
TEST(TwoAppliances, OnOneMachineKnowNothingOfEachOther) {
  Appliance first;
  first.Start();
  Appliance second;
  second.Start();
  std::string audit_ids;
  for (Appliance* it : {&first, &second}) {
    const std::string input = it->Generate("flux.xml", {});
    const ProcessResult done = it->Sceau(
        it->SignThere(input, it->Path("out.xml"), {"--all", "--idempotency-key", "the same"}));
    ASSERT_EQ(done.exit_code, 0) << done.out;
    const Json told = Json::parse(done.out);
    const std::string log = ReadFile(fs::path(it->root()).parent_path() / "state/audit/log");
    EXPECT_THAT(log, HasSubstr(told["auditId"].get<std::string>()));
    EXPECT_EQ(audit_ids.find(told["auditId"].get<std::string>()), std::string::npos);
    audit_ids += told["auditId"].get<std::string>();
    EXPECT_EQ(it->Sceau({"verify", it->Path("out.xml"), "--json"}).exit_code, 0);
  }
  // The other's authority is not this one's.
  EXPECT_NE(first.Sceau({"verify", second.Path("out.xml"), "--json"}).exit_code, 0);
  first.daemon().Stop(SIGKILL);
  const std::string input = second.Generate("again.xml", {});
  EXPECT_EQ(second.Sceau(second.SignThere(input, second.Path("again.out.xml"))).exit_code, 0);
}

class BackupOfTheAppliance : public ResultsOfTheAppliance {
 protected:
  BackupOfTheAppliance() { backup_ = appliance_.Path("backup"); }

  std::string backup_;
};

TEST_F(BackupOfTheAppliance, MadeWhileItSignsIsWholeAndServesAfterAMove) {
  appliance_.Start();
  ASSERT_EQ(Sign("1.xml", "key").exit_code, 0);
  std::atomic<bool> enough{false};
  std::thread client([&] {
    for (int n = 0; !enough; ++n) EXPECT_EQ(Sign("other.xml", Concat("other", n)).exit_code, 0);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const ProcessResult made = Daemon({"--backup", backup_});
  enough = true;
  client.join();
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const ProcessResult check = Daemon({"--check-backup", backup_, "--lang", "en"});
  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.out, HasSubstr("signed documents: "));
  EXPECT_EQ(Daemon({"--backup", backup_}).exit_code, 73);  // exists

  appliance_.daemon().Stop(SIGKILL);
  fs::remove_all(state_);
  fs::rename(backup_ + "/state", state_);
  fs::rename(backup_ + "/audit", state_ / "audit");
  appliance_.Start();
  ASSERT_EQ(Sign("2.xml", "key").exit_code, 0);
  EXPECT_EQ(ReadFile(appliance_.Path("2.xml")), ReadFile(appliance_.Path("1.xml")));
  EXPECT_EQ(Sign("3.xml", "new").exit_code, 0);
  appliance_.daemon().Stop(SIGTERM);
  EXPECT_FALSE(Records(state_ / "audit").empty());
}

TEST_F(BackupOfTheAppliance, ThatIsNotWhatWasCopiedIsFound) {
  appliance_.Start();
  ASSERT_EQ(Sign("1.xml", "key").exit_code, 0);
  ASSERT_EQ(Daemon({"--backup", backup_}).exit_code, 0);
  const std::string document =
      fs::directory_iterator(backup_ + "/state/store/results")->path().string();
  for (const std::string& file : {document, backup_ + "/audit/log"}) {
    const std::string text = ReadFile(file);
    std::string changed = text;
    changed[changed.size() / 2] ^= 1;
    std::ofstream(file, std::ios::binary) << changed;
    const ProcessResult check = Daemon({"--check-backup", backup_});
    EXPECT_NE(check.exit_code, 0) << file;
    std::ofstream(file, std::ios::binary) << text;
  }
  EXPECT_EQ(Daemon({"--check-backup", backup_}).exit_code, 0);
  fs::remove(document);
  EXPECT_NE(Daemon({"--check-backup", backup_}).exit_code, 0);
}

}  // namespace
}  // namespace sceau::test
