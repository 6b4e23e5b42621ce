#include "server/config_reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace sceau::server {
namespace {

using ::testing::HasSubstr;

Config Parsed(const std::string& text) {
  auto config = ParseConfig(text, "f.toml");
  EXPECT_TRUE(config.ok()) << config.status();
  return *config;
}

// The keys that follow a comment with the word "Restart", up to the next comment.
std::set<std::string> MarkedKeys(std::string_view text) {
  std::set<std::string> marked;
  std::istringstream lines{std::string(text)};
  std::string line, section, comment;
  bool in_comment = false;
  while (std::getline(lines, line)) {
    if (line.starts_with("#")) {
      if (!in_comment) comment.clear();
      in_comment = true;
      comment += line;
      continue;
    }
    in_comment = false;
    if (line.starts_with("[")) {
      comment.clear();
      section = line.substr(1, line.find(']') - 1) + ".";
    }
    const size_t equals = line.find(" = ");
    if (equals == std::string::npos) continue;
    if (comment.find("Restart") != std::string::npos) {
      marked.insert(section + line.substr(0, equals));
    }
  }
  return marked;
}

TEST(ConfigReload, KeysThatNeedARestartAreMarkedInTheDefaultConfigurationAndNoOthers) {
  const auto keys = RestartKeys();
  EXPECT_EQ(MarkedKeys(DefaultConfigText()), std::set<std::string>(keys.begin(), keys.end()));
}

TEST(ConfigReload, OneThatNeedsARestartIsRefusedWithItsName) {
  const Config running = Parsed("");
  for (const auto& [text, key] : std::vector<std::pair<std::string, std::string>>{
           {"listen = '127.0.0.1:1'", "listen"},
           {"socket = '/s'", "socket"},
           {"identity.mode = 'local-without-identity'", "identity.mode"},
           {"identity.certificate = 'c'", "identity.certificate"},
           {"identity.key = 'k'", "identity.key"},
           {"identity.callers_authority = 'a'", "identity.callers_authority"},
           {"work_folder = '/w'", "work_folder"},
           {"limits.workers = 3", "limits.workers"},
           {"idempotency.max_entries = 7", "idempotency.max_entries"},
           {"idempotency.max_bytes = 7", "idempotency.max_bytes"},
           {"idempotency.expiry = '7h'", "idempotency.expiry"},
           {"desk.folder = '/d'", "desk.folder"},
           {"desk.max_entries = 7", "desk.max_entries"},
           {"desk.max_bytes = 7", "desk.max_bytes"},
           {"tokens.modules = ['m']", "tokens.modules"},
           {"tokens.max_sessions = 7", "tokens.max_sessions"},
           {"tokens.longest_call = '7s'", "tokens.longest_call"},
           {"tokens.state_folder = '/s'", "tokens.state_folder"},
           {"audit.folder = '/a'", "audit.folder"},
           {"audit.checkpoint_records = 7", "audit.checkpoint_records"},
           {"audit.checkpoint_period = '7h'", "audit.checkpoint_period"},
           {"audit.checkpoint_copy = '/c'", "audit.checkpoint_copy"},
           {"audit.time_stamps = 'http://t'", "audit.time_stamps"},
           {"metrics.listen = '127.0.0.1:1'", "metrics.listen"}}) {
    const Status status = CheckReload(running, Parsed(text));
    EXPECT_EQ(ReasonOf(status), Reason::kConfigInvalid) << key;
    EXPECT_EQ(PlaceOf(status).element, key);
    EXPECT_THAT(DetailOf(status), HasSubstr("restart"));
  }
  const Status both = CheckReload(running, Parsed("listen = '127.0.0.1:1'\nwork_folder = '/w'"));
  EXPECT_EQ(PlaceOf(both).element, "listen, work_folder");
}

TEST(ConfigReload, TheOthersMayChange) {
  const Config running = Parsed("");
  EXPECT_TRUE(CheckReload(running, Parsed(R"(
documents.max_size = 7
limits.max_requests = 7
signature.role = "Maire"
trust.anchors = ["a.pem"]
log.level = "debug"
[[keys]]
name = "maire"
uri = "pkcs11:token=t"
)"))
                  .ok());
}

}  // namespace
}  // namespace sceau::server
