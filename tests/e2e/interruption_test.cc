// The daemon or the command ends in the middle of a signing: nothing partial is ever seen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "base/strings.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"

namespace sceau::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

// Signing them takes seconds of processor time; the moments below are well before its end.
constexpr int kBordereaux = 2000;
constexpr int64_t kLastMoment = 80;  // clock ticks (10 ms) of processor time since the request
constexpr int kMoments = 4;

// The names in the folder that the system gives to all, one level deep.
std::set<std::filesystem::path> CommonTemporaryFiles() {
  std::set<std::filesystem::path> files;
  std::error_code gone;  // other programs come and go there
  for (const auto& entry : std::filesystem::directory_iterator("/tmp", gone)) {
    if (entry.is_regular_file(gone)) files.insert(entry.path());
  }
  return files;
}

class Interruption : public testing::Test {
 protected:
  Interruption() {
    gen::PesSpec spec;
    spec.depense = kBordereaux;
    spec.recette = 0;
    spec.pieces = 1;
    spec.lines = 1;
    input_ = appliance_.Generate("flux.xml", spec);
    // A text that stands in no other file of this machine.
    marker_ = RandomHex(16);
    std::string text = ReadFile(input_);
    constexpr std::string_view kLabel = "<LibelleColBud V=\"";
    text.insert(text.find(kLabel) + kLabel.size(), marker_);
    std::ofstream(input_, std::ios::binary) << text;
    output_ = appliance_.Path("signed.xml");
    log_ = appliance_.Path("sign.log");
    std::ofstream(log_).flush();
    files_ = appliance_.Files();
    common_ = CommonTemporaryFiles();
  }

  // A moment in the `n`-th part of the time, another one in each run.
  static int64_t Moment(int n) {
    constexpr int64_t kPart = kLastMoment / kMoments;
    return 1 + n * kPart + std::stoll(RandomHex(2), nullptr, 16) % kPart;
  }

  std::unique_ptr<BackgroundProcess> StartCommand(const std::vector<std::string>& arguments) const {
    return std::make_unique<BackgroundProcess>(appliance_.Command(arguments), log_);
  }

  void ExpectNothingLeft() const {
    EXPECT_FALSE(std::filesystem::exists(output_));
    EXPECT_EQ(appliance_.Files(), files_);
    for (const auto& file : CommonTemporaryFiles()) {
      if (common_.count(file) > 0) continue;
      const std::string start = ReadSmallFile(file, size_t{1} << 30).value_or("").substr(0, 4096);
      EXPECT_EQ(start.find(marker_), std::string::npos) << file;
    }
  }

  void ExpectTheSameCommandToSucceed(const std::vector<std::string>& command) const {
    const ProcessResult again = appliance_.Sceau(command);
    ASSERT_EQ(again.exit_code, 0) << again.err;
    const ProcessResult verify = appliance_.Sceau({"verify", output_, "--json"});
    EXPECT_EQ(verify.exit_code, 0) << verify.err;
    EXPECT_EQ(Json::parse(verify.out)["files"][0]["signatures"].size(), size_t{kBordereaux});
  }

  // The daemon ends by `signal` at several moments of a signing.
  void InterruptTheDaemon(int signal, const std::string& settings) {
    appliance_.Start(settings);
    const std::vector<std::string> command = appliance_.SignThere(input_, output_);
    for (int n = 0; n < kMoments; ++n) {
      const int64_t moment = Moment(n);
      SCOPED_TRACE(Concat("after ", moment, " ticks"));
      std::ofstream(log_, std::ios::trunc).flush();
      const auto before = ProcessorTime(appliance_.daemon());
      const auto client = StartCommand(command);
      ASSERT_TRUE(AwaitProcessorTime(appliance_.daemon(), before + moment)) << appliance_.Log();
      ASSERT_TRUE(client->Running()) << "the file is too small: " << ReadFile(log_);
      appliance_.daemon().Stop(signal);
      EXPECT_THAT(client->Wait(), AnyOf(69, 75));
      EXPECT_THAT(ReadFile(log_), HasSubstr("\"reason\": "));
      ExpectNothingLeft();
      appliance_.Start(settings);
    }
    ExpectTheSameCommandToSucceed(command);
  }

  Appliance appliance_;
  std::string input_, output_, log_, marker_;
  std::set<std::string> files_;
  std::set<std::filesystem::path> common_;
};

TEST_F(Interruption, P67_AKilledDaemonLeavesNothingAndTheSameCommandSucceedsLater) {
  InterruptTheDaemon(SIGKILL, "");
}

TEST_F(Interruption, P67_ADaemonOutOfTimeToDrainLeavesNothing) {
  InterruptTheDaemon(SIGTERM, "[limits]\ndrain_timeout = \"1ms\"\n");
}

TEST_F(Interruption, ATerminatedDaemonDeliversTheSigningInProgress) {
  appliance_.Start("[limits]\ndrain_timeout = \"10m\"\n");
  const auto client = StartCommand(appliance_.SignThere(input_, output_));
  const auto before = ProcessorTime(appliance_.daemon());
  ASSERT_TRUE(AwaitProcessorTime(appliance_.daemon(), before + kLastMoment / 2));
  ASSERT_TRUE(client->Running()) << ReadFile(log_);
  EXPECT_EQ(appliance_.daemon().Stop(SIGTERM), 0) << appliance_.Log();
  EXPECT_EQ(client->Wait(), 0) << ReadFile(log_);
  const ProcessResult verify = appliance_.Sceau({"verify", output_, "--json"});
  EXPECT_EQ(verify.exit_code, 0) << verify.err;
  EXPECT_EQ(Json::parse(verify.out)["files"][0]["signatures"].size(), size_t{kBordereaux});
}

TEST_F(Interruption, P67_AKilledCommandLeavesNothingOfALocalSigning) {
  const std::vector<std::string> command = appliance_.SignHere(input_, output_);
  for (int n = 0; n < kMoments; ++n) {
    const int64_t moment = Moment(n);
    SCOPED_TRACE(Concat("after ", moment, " ticks"));
    const auto signing = StartCommand(command);
    ASSERT_TRUE(AwaitProcessorTime(*signing, moment)) << ReadFile(log_);
    EXPECT_EQ(signing->Stop(SIGKILL), 128 + SIGKILL);
    ExpectNothingLeft();
  }
  ExpectTheSameCommandToSucceed(command);
}

TEST_F(Interruption, P67_AKilledCommandLeavesNothingOfARemoteSigningAndTheDaemonGoesOn) {
  appliance_.Start();
  const std::vector<std::string> command = appliance_.SignThere(input_, output_);
  const auto before = ProcessorTime(appliance_.daemon());
  const auto client = StartCommand(command);
  ASSERT_TRUE(AwaitProcessorTime(appliance_.daemon(), before + kLastMoment / 2));
  EXPECT_EQ(client->Stop(SIGKILL), 128 + SIGKILL) << ReadFile(log_);
  ExpectNothingLeft();
  ExpectTheSameCommandToSucceed(command);
}

}  // namespace
}  // namespace sceau::test
