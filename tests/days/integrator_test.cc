// The integrator's day: many files from several processes, while the daemon is killed and started
// again, the token is pulled out and the disk is full. Every file is signed exactly once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "audit/log_check.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/reason.h"
#include "base/strings.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"
#include "tests/support/shim.h"

namespace sceau::test {
namespace {

namespace fs = std::filesystem;

constexpr int kFiles = SCEAU_DAY_FILES;
constexpr int kProcesses = 8;
constexpr int kRestarts = 5;
constexpr auto kDiskFull = std::chrono::milliseconds(700);
// In each of the daemon's lives, after some signatures: its sessions end and it is back.
constexpr char kPulledOut[] = "C_Sign CKR_DEVICE_REMOVED skip=7\n";

std::string Sha256Of(const fs::path& path) {
  return ToHex(DigestOf(DigestAlgorithm::kSha256, ReadFile(path)));
}

size_t FilesIn(const fs::path& folder) {
  return static_cast<size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// While it lives no file of the process may grow, as on a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(pid_t pid) : pid_(pid) {
    const rlimit none{0, RLIM_INFINITY};
    EXPECT_EQ(::prlimit(pid_, RLIMIT_FSIZE, &none, &before_), 0);
  }
  ~FullDisk() { EXPECT_EQ(::prlimit(pid_, RLIMIT_FSIZE, &before_, nullptr), 0); }

 private:
  const pid_t pid_;
  rlimit before_{};
};

class IntegratorsDay : public testing::Test {
 protected:
  IntegratorsDay() : root_(fs::path(appliance_.root()).parent_path()) {
    in_ = root_ / "in";
    out_ = root_ / "out";
    fs::create_directory(in_);
    fs::create_directory(out_);
    for (int n = 0; n < kFiles; ++n) {
      gen::PesSpec spec;
      spec.seed = static_cast<uint64_t>(n) + 1;
      const std::string name = Concat("flux", n, ".xml");
      fs::rename(appliance_.Generate(name, spec), in_ / name);
    }
    const fs::path script = root_ / "shim.script";
    std::ofstream(script) << kPulledOut;
    ::setenv("SCEAU_SHIM_SCRIPT", script.c_str(), 1);
    appliance_.SetModule(ShimPath());
  }
  ~IntegratorsDay() override { ::unsetenv("SCEAU_SHIM_SCRIPT"); }

  // Until so many files are signed, or the program has ended.
  void Await(BackgroundProcess& program, size_t files) const {
    while (FilesIn(out_) < files && program.Running()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  // The digest of each signed file by that of its document, as the audit log has them.
  std::map<std::string, std::vector<std::string>> Released() const {
    const fs::path audit = root_ / "state/audit";
    audit::Evidence evidence;
    evidence.checkpoints = *audit::ReadCheckpoints(ReadFile(audit / "checkpoints"));
    evidence.public_key = *audit::ReadPublicKey(ReadFile(audit / "public.pem"));
    const auto log = InputFile::Open(audit / "log", INT64_MAX);
    std::map<std::string, std::vector<std::string>> released;
    const auto state = audit::CheckLog(*log, &evidence, [&](const audit::Record& it) {
      if (it.fields["kind"] != "DONE") return;
      released[it.fields["document"]].push_back(it.fields["released"]);
    });
    EXPECT_TRUE(state.ok() && !state->first_bad) << state.status();
    return released;
  }

  Appliance appliance_;
  const fs::path root_;
  fs::path in_, out_;
};

TEST_F(IntegratorsDay, EveryFileIsSignedExactlyOnceWhateverHappens) {
  appliance_.Start();
  const std::string log = root_ / "program.log";
  BackgroundProcess program({"/usr/bin/python3", SCEAU_SOURCE_DIR "/tests/days/integrator.py",
                             SCEAU_SOURCE_DIR "/docs/examples/sceau_client.py",
                             appliance_.address(), in_, out_, std::to_string(kProcesses)},
                            log);
  constexpr size_t kPart = kFiles / (kRestarts + 2);
  for (size_t n = 1; n <= kRestarts; ++n) {
    Await(program, n * kPart);
    appliance_.daemon().Stop(SIGKILL);
    // No login once the disk is full: SoftHSM2 would leave an empty token (see SoftTokens::Keep).
    if (n == kRestarts) ::unsetenv("SCEAU_SHIM_SCRIPT");
    appliance_.Start();
  }
  Await(program, FilesIn(out_) + 2);
  {
    const FullDisk full(appliance_.daemon().pid());
    std::this_thread::sleep_for(kDiskFull);
  }
  ASSERT_EQ(program.Wait(), 0) << ReadFile(log) << appliance_.Log();
  appliance_.daemon().Stop(SIGTERM);

  const std::string said = ReadFile(log);
  const Json met = Json::parse(said.substr(said.rfind("{\"unsigned\"")))["reasons"];
  for (const auto& [reason, count] : met.items()) {
    EXPECT_NE(FindReason(reason), nullptr) << reason << ": " << count;
  }
  // It was down, the token was out, and the disk was full.
  EXPECT_TRUE(met.contains("SERVICE_UNAVAILABLE")) << met;
  EXPECT_TRUE(met.contains("TOKEN_UNAVAILABLE")) << met;
  EXPECT_TRUE(met.contains("OUTPUT_UNWRITABLE") || met.contains("AUDIT_UNAVAILABLE") ||
              met.contains("STORE_UNUSABLE"))
      << met;
  EXPECT_EQ(FilesIn(out_), size_t{kFiles});
  const auto released = Released();
  EXPECT_EQ(released.size(), size_t{kFiles});
  for (const auto& file : fs::directory_iterator(in_)) {
    const auto found = released.find(Sha256Of(file.path()));
    ASSERT_NE(found, released.end()) << file.path();
    EXPECT_THAT(found->second, testing::ElementsAre(Sha256Of(out_ / file.path().filename())));
  }
  const ProcessResult verify = appliance_.Sceau({"verify", out_, "--json"});
  EXPECT_EQ(verify.exit_code, 0) << verify.err;
  EXPECT_EQ(Json::parse(verify.out)["files"].size(), size_t{kFiles});
  std::cout << kFiles << " files, reasons met: " << met.dump() << std::endl;
}

}  // namespace
}  // namespace sceau::test
