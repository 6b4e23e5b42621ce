// The daemon while it runs: a new configuration, metrics, the supervisor, the clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "base/file.h"
#include "base/strings.h"
#include "tests/e2e/appliance.h"
#include "tests/support/shim.h"

namespace sceau::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kMetrics = "[metrics]\nlisten = \"127.0.0.1:0\"\n";

// Waits for a line in the log; false when the daemon ended before.
bool AwaitLog(Appliance& appliance, const std::string& text, size_t times = 1) {
  while (true) {
    const std::string log = appliance.Log();
    size_t found = 0;
    for (size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) ++found;
    if (found >= times) return true;
    if (!appliance.daemon().Running()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void Reload(Appliance& appliance, const std::string& settings) {
  appliance.Configure(settings);
  ASSERT_EQ(::kill(appliance.daemon().pid(), SIGHUP), 0);
}

// What a scrape gives.
std::string Scrape(const Appliance& appliance) {
  const std::string log = appliance.Log();
  constexpr std::string_view kPort = "event=metrics port=";
  const size_t at = log.find(kPort);
  if (at == std::string::npos) return "";
  const size_t begin = at + kPort.size();
  const std::string port = log.substr(begin, log.find('\n', begin) - begin);
  return RunProcess({"python3", "-c",
                     Concat("import urllib.request as u; print(u.urlopen('http://127.0.0.1:", port,
                            "/metrics').read().decode())")})
      .out;
}

TEST(Operation, P66_AnInvalidNewConfigurationLeavesTheOldOneWholeAndIsTold) {
  Appliance appliance;
  appliance.Start(std::string(kMetrics));
  const std::string input = appliance.Generate("in.xml", {});
  // Good keys first, a bad one last: none of them counts.
  Reload(appliance,
         Concat(kMetrics, "[documents]\nmax_size = 10\n[profiles]\nfolder = \"/none\"\n"));
  ASSERT_TRUE(AwaitLog(appliance, "event=reload")) << appliance.Log();
  EXPECT_THAT(appliance.Log(), HasSubstr("in_force=old"));
  const auto signed_as_before =
      appliance.Sceau(appliance.SignThere(input, appliance.Path("out.xml")));
  EXPECT_EQ(signed_as_before.exit_code, 0) << signed_as_before.out << signed_as_before.err;
  ASSERT_TRUE(AwaitLog(appliance, "faults=\"configuration="));
  std::string metrics = Scrape(appliance);
  EXPECT_THAT(metrics, HasSubstr("sceau_config_reloads_total{outcome="));
  EXPECT_THAT(metrics,
              HasSubstr("sceau_ready{part=\"configuration\",fault=\"PROFILE_INVALID\"} 0"));
  EXPECT_THAT(metrics, HasSubstr("sceau_can_sign 1"));
  // A file that is no TOML, an unknown key, one that needs a restart: the same.
  Reload(appliance, "[documents\n");
  ASSERT_TRUE(AwaitLog(appliance, "in_force=old", 2)) << appliance.Log();
  Reload(appliance, Concat(kMetrics, "[documents]\nmax_sise = 10\n"));
  ASSERT_TRUE(AwaitLog(appliance, "nearest: documents.max_size")) << appliance.Log();
  Reload(appliance, Concat(kMetrics, "[documents]\nmax_size = 10\n[limits]\nworkers = 9\n"));
  ASSERT_TRUE(AwaitLog(appliance, "needs a restart: limits.workers")) << appliance.Log();
  // A good one counts, with no login of a key that stays.
  Reload(appliance, Concat(kMetrics, "[documents]\nmax_size = 10\n"));
  ASSERT_TRUE(AwaitLog(appliance, "in_force=new")) << appliance.Log();
  const auto too_large = appliance.Sceau(appliance.SignThere(input, appliance.Path("no.xml")));
  EXPECT_THAT(too_large.out, HasSubstr("DOCUMENT_TOO_LARGE"));
  ASSERT_TRUE(AwaitLog(appliance, "faults=none")) << appliance.Log();
  metrics = Scrape(appliance);
  EXPECT_THAT(metrics, HasSubstr("sceau_ready{part=\"configuration\",fault=\"\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("sceau_config_reloads_total{outcome=\"OK\"} 1"));
}

TEST(Operation, MetricsTellCallsTokensAndTrust) {
  Appliance appliance;
  appliance.Start(std::string(kMetrics));
  const std::string input = appliance.Generate("in.xml", {});
  ASSERT_EQ(appliance.Sceau(appliance.SignThere(input, appliance.Path("out.xml"))).exit_code, 0);
  const auto again = appliance.SignThere(input, appliance.Path("no.xml"), {"--bordereau", "none"});
  EXPECT_NE(appliance.Sceau(again).exit_code, 0);
  const std::string metrics = Scrape(appliance);
  for (const char* line :
       {"sceau_requests_total{method=\"Sign\",outcome=\"OK\"} 1",
        "sceau_request_seconds_count{method=\"Sign\"} 2",
        "sceau_requests_in_flight{method=\"Sign\"} 0",
        "sceau_received_bytes_total{method=\"Sign\"}", "sceau_sent_bytes_total{method=\"Sign\"}",
        "sceau_jobs_waiting 0", "sceau_ready{part=\"keys\",fault=\"\"} 1", "sceau_can_verify 1",
        "sceau_trust_anchors 1", "sceau_token_present{token=\"Mairie\"",
        "sceau_token_logged_in{token=\"Mairie\"", "sceau_token_sessions_in_use{token=\"Mairie\"",
        "sceau_token_wait_seconds_total{token=\"Mairie\"",
        "sceau_token_last_signature_age_seconds{token=\"Mairie\"",
        "sceau_token_certificate_days_left{token=\"Mairie\"",
        "sceau_token_signatures_total{token=\"Mairie\""}) {
    EXPECT_THAT(metrics, HasSubstr(line));
  }
  EXPECT_THAT(metrics, Not(HasSubstr("in.xml")));
}

TEST(Operation, MetricsTellTheErrorsOfATokenByTheirCode) {
  Appliance appliance;
  const TemporaryFolder folder;
  const std::string script =
      folder.Write("script", "C_SignInit CKR_SESSION_HANDLE_INVALID skip=1\n");
  ::setenv("SCEAU_SHIM_SCRIPT", script.c_str(), 1);
  appliance.SetModule(ShimPath());
  appliance.Start(std::string(kMetrics));
  ::unsetenv("SCEAU_SHIM_SCRIPT");
  const std::string input = appliance.Generate("in.xml", {});
  const auto made = appliance.Sceau(appliance.SignThere(input, appliance.Path("out.xml")));
  EXPECT_EQ(made.exit_code, 0) << made.out << made.err;  // one safe retry
  const std::string metrics = Scrape(appliance);
  EXPECT_THAT(metrics, HasSubstr("sceau_token_errors_total{token=\"Mairie\""));
  EXPECT_THAT(metrics, HasSubstr("code=\"CKR_SESSION_HANDLE_INVALID\"} 1"));
}

TEST(Operation, MetricsAreOffUnlessAskedFor) {
  Appliance appliance;
  appliance.Start();
  EXPECT_THAT(appliance.Log(), Not(HasSubstr("event=metrics")));
}

// What a service manager hears, on a real datagram socket.
class Manager {
 public:
  explicit Manager(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX};
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    bound_ =
        ::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    const timeval limit{.tv_sec = 60};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  }
  bool bound() const { return bound_; }
  // The next message that holds `text`; empty when none comes.
  std::string Await(const std::string& text) {
    char buffer[4096];
    while (true) {
      const ssize_t got = ::recv(socket_.get(), buffer, sizeof(buffer), 0);
      if (got <= 0) return "";
      const std::string message(buffer, static_cast<size_t>(got));
      if (message.find(text) != std::string::npos) return message;
    }
  }

 private:
  FileDescriptor socket_;
  bool bound_ = false;
};

TEST(Operation, TheSupervisorHearsReadyAliveReloadingAndStopping) {
  Appliance appliance;
  const TemporaryFolder folder;
  Manager manager(folder.path() + "/notify");
  ASSERT_TRUE(manager.bound());
  ::setenv("NOTIFY_SOCKET", (folder.path() + "/notify").c_str(), 1);
  ::setenv("WATCHDOG_USEC", "1500000", 1);
  appliance.Start();
  ::unsetenv("NOTIFY_SOCKET");
  ::unsetenv("WATCHDOG_USEC");
  EXPECT_THAT(manager.Await("READY=1"), HasSubstr("signing ready, verification ready"));
  EXPECT_EQ(manager.Await("WATCHDOG=1"), "WATCHDOG=1");
  Reload(appliance, "[documents]\nmax_size = 1000\n");
  EXPECT_EQ(manager.Await("RELOADING=1"), "RELOADING=1");
  EXPECT_THAT(manager.Await("READY=1"), HasSubstr("signing ready"));
  Reload(appliance, "nonsense");
  EXPECT_THAT(manager.Await("READY=1"), HasSubstr("configuration refused"));
  ASSERT_EQ(::kill(appliance.daemon().pid(), SIGTERM), 0);
  EXPECT_EQ(manager.Await("STOPPING=1"), "STOPPING=1");
  EXPECT_EQ(appliance.daemon().Wait(), 0);
}

// Debian's libfaketime; empty where it is not installed.
std::string FakeTime() {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib", ignored)) {
    const std::string path = entry.path().string() + "/faketime/libfaketimeMT.so.1";
    if (std::filesystem::exists(path, ignored)) return path;
  }
  return "";
}

TEST(Operation, P65_AClockThatIsSetBackKeepsFromSigningUntilItIsRight) {
  const std::string library = FakeTime();
  ASSERT_FALSE(library.empty()) << "the package faketime";
  Appliance appliance;
  const TemporaryFolder folder;
  const std::string offset = folder.Write("offset", "+0d\n");
  const std::vector<std::pair<const char*, std::string>> environment = {
      {"LD_PRELOAD", library},
      {"FAKETIME_TIMESTAMP_FILE", offset},
      {"FAKETIME_NO_CACHE", "1"},
      {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}};
  for (const auto& [name, value] : environment) ::setenv(name, value.c_str(), 1);
  appliance.Start();
  for (const auto& [name, value] : environment) ::unsetenv(name);
  const std::string input = appliance.Generate("in.xml", {});
  EXPECT_EQ(appliance.Sceau(appliance.SignThere(input, appliance.Path("one.xml"))).exit_code, 0);
  folder.Write("offset", "-2h\n");
  ASSERT_TRUE(AwaitLog(appliance, "clock=CLOCK_SET_BACK")) << appliance.Log();
  const auto refused = appliance.Sceau(appliance.SignThere(input, appliance.Path("two.xml")));
  EXPECT_EQ(refused.exit_code, 69) << refused.out;
  EXPECT_THAT(refused.out, HasSubstr("clock set back"));
  EXPECT_FALSE(std::filesystem::exists(appliance.Path("two.xml")));
  folder.Write("offset", "+0d\n");
  ASSERT_TRUE(AwaitLog(appliance, "faults=none")) << appliance.Log();
  EXPECT_EQ(appliance.Sceau(appliance.SignThere(input, appliance.Path("two.xml"))).exit_code, 0);
}

}  // namespace
}  // namespace sceau::test
