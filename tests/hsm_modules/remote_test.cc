// A module in a process of its own (p11-kit remote): that process may die.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "hsm/tokens.h"
#include "tests/support/module_configuration.h"
#include "tests/support/soft_token.h"

namespace sceau::hsm {
namespace {

constexpr char kPin[] = "canary-12";
constexpr std::string_view kMessage = "SignedInfo";

// The processes that p11-kit started for this one.
std::vector<pid_t> RemoteProcesses() {
  std::vector<pid_t> found;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream children(thread.path() / "children");
    for (pid_t child = 0; children >> child;) found.push_back(child);
  }
  return found;
}

TEST(RemoteModule, ItsDeathCostsOneReconnect) {
  test::SoftTokens soft;
  soft.AddToken("mairie", kPin);
  const test::TestPki pki;
  soft.AddSigner("mairie", pki);
  const test::TemporaryFolder modules;
  modules.Write("maker.module", "remote: |p11-kit remote " + test::SoftTokens::ModulePath() + "\n");
  if (const std::string why = test::UseModuleConfiguration(modules.path()); !why.empty()) {
    GTEST_SKIP() << why;
  }

  const auto tokens = Tokens::Open({});
  ASSERT_TRUE(tokens.ok()) << tokens.status();
  const auto pin = PinFromFile(soft.PinFile("mairie"));
  const auto key = (*tokens)->OpenKey("pkcs11:token=mairie", pin.get());
  ASSERT_TRUE(key.ok()) << key.status();
  const auto sign = [&] {
    return (*key)
        ->Sign(DigestAlgorithm::kSha256, kMessage, absl::Now() + absl::Minutes(1))
        .status();
  };
  ASSERT_TRUE(sign().ok());
  const std::vector<pid_t> before = RemoteProcesses();
  ASSERT_EQ(before.size(), 1u);

  ASSERT_EQ(kill(before.front(), SIGKILL), 0);
  // Its end of the pipe is closed then: writing there must not end this process.
  siginfo_t ended = {};
  ASSERT_EQ(waitid(P_PID, before.front(), &ended, WEXITED | WNOWAIT), 0);
  // The signature that meets the dead process may fail, and says why; the next one is made.
  if (const Status first = sign(); !first.ok()) {
    EXPECT_EQ(ReasonOf(first), Reason::kTokenUnavailable) << first;
    const Status second = sign();
    EXPECT_TRUE(second.ok()) << second;
  }
  const std::vector<pid_t> after = RemoteProcesses();
  ASSERT_EQ(after.size(), 1u);
  EXPECT_NE(after.front(), before.front());
}

}  // namespace
}  // namespace sceau::hsm
