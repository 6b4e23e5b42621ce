// The audit log of the real daemon: nothing is signed without its intent on the disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
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

using testing::HasSubstr;
using testing::Not;

class AuditOfTheAppliance : public testing::Test {
 protected:
  AuditOfTheAppliance() {
    input_ = appliance_.Generate("flux.xml", {});
    folder_ = appliance_.AuditFolder();
  }

  ProcessResult Sign(const std::string& output) const {
    return appliance_.Sceau(appliance_.SignThere(input_, appliance_.Path(output)));
  }

  // The log against all checkpoints; counts its records by kind, and by request.
  audit::LogState Read() {
    kinds_.clear();
    requests_.clear();
    audit::Evidence evidence;
    evidence.checkpoints = *audit::ReadCheckpoints(ReadFile(folder_ / "checkpoints"));
    evidence.public_key = *audit::ReadPublicKey(ReadFile(folder_ / "public.pem"));
    EXPECT_FALSE(evidence.checkpoints.empty());
    const auto file = InputFile::Open(folder_ / "log", 1 << 30);
    const auto state = audit::CheckLog(*file, &evidence, [this](const audit::Record& record) {
      const std::string kind = record.fields["kind"];
      ++kinds_[kind];
      if (record.fields.contains("request")) {
        requests_[record.fields["request"]].push_back(kind);
        if (kind == "DONE") released_.insert(record.fields["released"].get<std::string>());
      }
    });
    EXPECT_TRUE(state.ok()) << state.status();
    EXPECT_FALSE(state->first_bad) << NameOf(state->first_bad->fault);
    return *state;
  }

  void AwaitLog(const std::string& text) const {
    for (int i = 0; i < 200 && appliance_.Log().find(text) == std::string::npos; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    EXPECT_THAT(appliance_.Log(), HasSubstr(text));
  }

  // The daemon is killed at some moment of each signing and started again.
  void KillAtRandom(int times) {
    int signed_files = 0;
    for (int n = 0; n < times; ++n) {
      appliance_.Start();
      const std::string output = appliance_.Path(Concat("out", n, ".xml"));
      BackgroundProcess client(appliance_.Command(appliance_.SignThere(input_, output)),
                               appliance_.Path("client.log"));
      const auto moment = std::stoi(RandomHex(2), nullptr, 16) % 150;
      std::this_thread::sleep_for(std::chrono::milliseconds(moment));
      appliance_.daemon().Stop(SIGKILL);
      const bool done = client.Wait() == 0;
      EXPECT_EQ(std::filesystem::exists(output), done);
      signed_files += done ? 1 : 0;
    }
    appliance_.Start();
    ASSERT_EQ(Sign("last.xml").exit_code, 0);
    appliance_.daemon().Stop(SIGTERM);
    const audit::LogState state = Read();
    // Each request has one intent and at most one end; one without an end is told.
    size_t without_end = 0;
    for (const auto& [request, kinds] : requests_) {
      EXPECT_EQ(kinds.front(), "INTENT");
      EXPECT_LE(kinds.size(), 2U);
      without_end += kinds.size() == 1 ? 1 : 0;
    }
    EXPECT_EQ(state.open.size(), without_end);
    EXPECT_GE(kinds_["DONE"], signed_files + 1);
    EXPECT_EQ(kinds_["START"], times + 1);
    RecordProperty("without_end", static_cast<int>(without_end));
    RecordProperty("signed", signed_files);
  }

  Appliance appliance_;
  std::string input_;
  std::filesystem::path folder_;
  std::map<std::string, int> kinds_;
  std::map<std::string, std::vector<std::string>> requests_;
  std::set<std::string> released_;
};

// With the log, the checkpoints and the public key alone, as an auditor has them.
TEST_F(AuditOfTheAppliance, P64_TheCommandChecksTheLogAndProvesOneRecordWithoutTheDaemon) {
  appliance_.Start();
  ASSERT_EQ(Sign("first.xml").exit_code, 0);
  ASSERT_EQ(Sign("second.xml").exit_code, 0);
  appliance_.daemon().Stop(SIGTERM);
  const auto audit = [this](std::vector<std::string> arguments, const std::string& log) {
    arguments.insert(arguments.begin(), "audit");
    for (const std::string& more : {log, std::string("--checkpoints"),
                                    (folder_ / "checkpoints").string(), std::string("--public-key"),
                                    (folder_ / "public.pem").string(), std::string("--json")}) {
      arguments.push_back(more);
    }
    return appliance_.Sceau(arguments);
  };
  const std::string log = folder_ / "log";
  const ProcessResult good = audit({"verify"}, log);
  ASSERT_EQ(good.exit_code, 0) << good.out << good.err;
  const Json state = Json::parse(good.out);
  EXPECT_TRUE(state["firstBad"].is_null());
  EXPECT_TRUE(state["withoutEnd"].empty());
  EXPECT_EQ(state["coveredByCheckpoint"], state["records"]);
  const Json records = Json::parse(audit({"list"}, log).out)["records"];
  ASSERT_EQ(records.size(), state["records"].get<size_t>());
  const auto done = std::find_if(records.begin(), records.end(),
                                 [](const Json& it) { return it["kind"] == "DONE"; });
  ASSERT_NE(done, records.end());

  const std::string proof = appliance_.Path("proof.json");
  const std::string number = std::to_string((*done)["n"].get<int>());
  ASSERT_EQ(audit({"export", "--record", number, "-o", proof}, log).exit_code, 0);
  const auto proven = audit({"verify", "--proof"}, proof);
  ASSERT_EQ(proven.exit_code, 0) << proven.out;
  EXPECT_EQ(Json::parse(Json::parse(proven.out)["text"].get<std::string>()), *done);
  EXPECT_THAT(ReadFile(proof), Not(HasSubstr("START")));  // nothing of the others

  // Another released file, in the log and in the proof.
  const std::string released = (*done)["released"];
  for (const std::string& path : {log, proof}) {
    std::string text = ReadFile(path);
    text.replace(text.find(released), 4, released[0] == '0' ? "1111" : "0000");
    const std::string changed = appliance_.Path("changed");
    std::ofstream(changed, std::ios::binary) << text;
    const bool is_log = path == log;
    const auto bad =
        audit(is_log ? std::vector<std::string>{"verify"}
                     : std::vector<std::string>{"verify", "--proof"}, changed);
    EXPECT_EQ(bad.exit_code, is_log ? 1 : 65) << bad.out;
    if (is_log) {
      EXPECT_EQ(Json::parse(bad.out)["firstBad"]["record"], (*done)["n"]);
    }
  }
  // The end cut off: only the checkpoints tell.
  std::string text = ReadFile(log);
  text.resize(text.rfind('\n', text.size() - 2) + 1);
  const std::string cut = appliance_.Path("cut");
  std::ofstream(cut, std::ios::binary) << text;
  const auto shorter = audit({"verify"}, cut);
  EXPECT_EQ(shorter.exit_code, 1);
  EXPECT_THAT(shorter.out, HasSubstr("CUT"));
  const auto alone = appliance_.Sceau({"audit", "verify", cut});
  EXPECT_EQ(alone.exit_code, 0);
  EXPECT_THAT(alone.out, HasSubstr("--checkpoints"));
}

TEST_F(AuditOfTheAppliance, EverySignatureHasItsIntentAndItsEnd) {
  appliance_.Start();
  const ProcessResult first = Sign("first.xml");
  ASSERT_EQ(first.exit_code, 0) << first.err;
  ASSERT_EQ(Sign("second.xml").exit_code, 0);
  const ProcessResult refused = appliance_.Sceau(
      appliance_.SignThere(appliance_.Path("first.xml"), appliance_.Path("again.xml")));
  EXPECT_EQ(refused.exit_code, 65) << refused.err;
  EXPECT_EQ(appliance_.daemon().Stop(SIGTERM), 0);
  EXPECT_TRUE(Read().open.empty());
  EXPECT_EQ(kinds_["INTENT"], 3);
  EXPECT_EQ(kinds_["DONE"], 2);
  EXPECT_EQ(kinds_["FAILED"], 1);
  EXPECT_EQ(kinds_["STOP"], 1);
  const std::string id = Json::parse(first.out)["auditId"];
  EXPECT_EQ(requests_[id], (std::vector<std::string>{"INTENT", "DONE"}));
  const std::string made = ReadFile(appliance_.Path("first.xml"));
  EXPECT_EQ(released_.count(ToHex(DigestOf(DigestAlgorithm::kSha256, made))), 1U);
}

TEST_F(AuditOfTheAppliance, P64_WithoutItsLogNothingIsSignedUntilItIsBack) {
  appliance_.Start();
  ASSERT_EQ(Sign("before.xml").exit_code, 0);
  std::filesystem::rename(folder_ / "log", folder_ / "moved");
  const ProcessResult refused = Sign("refused.xml");
  EXPECT_EQ(refused.exit_code, 69) << refused.err;
  EXPECT_THAT(refused.out, HasSubstr("AUDIT_UNAVAILABLE"));
  EXPECT_FALSE(std::filesystem::exists(appliance_.Path("refused.xml")));
  AwaitLog("audit=AUDIT_UNAVAILABLE");
  std::filesystem::rename(folder_ / "moved", folder_ / "log");
  const ProcessResult after = Sign("after.xml");
  EXPECT_EQ(after.exit_code, 0) << after.err;
  EXPECT_EQ(appliance_.daemon().Stop(SIGTERM), 0);
  EXPECT_TRUE(Read().open.empty());
  EXPECT_EQ(kinds_["INTENT"], 2);  // the refused one is not there
  EXPECT_EQ(kinds_["DONE"], 2);
}

TEST_F(AuditOfTheAppliance, P64_ALogThatWasChangedIsNotContinued) {
  appliance_.Start();
  ASSERT_EQ(Sign("before.xml").exit_code, 0);
  appliance_.daemon().Stop(SIGTERM);
  const std::string text = ReadFile(folder_ / "log");
  std::filesystem::resize_file(folder_ / "log", text.rfind('\n', text.size() - 2) + 1);
  appliance_.Start();
  const ProcessResult refused = Sign("refused.xml");
  EXPECT_EQ(refused.exit_code, 65) << refused.err;
  EXPECT_THAT(refused.out, HasSubstr("AUDIT_INVALID"));
  EXPECT_FALSE(std::filesystem::exists(appliance_.Path("refused.xml")));
}

TEST_F(AuditOfTheAppliance, P64_KilledFifteenTimesTheChainHoldsAndEveryRequestEndsOnceOrNever) {
  KillAtRandom(15);
}

}  // namespace
}  // namespace sceau::test
