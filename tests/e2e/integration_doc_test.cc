// The commands of docs/integration.md, run as they stand there but for the address and the folder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/strings.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"

namespace sceau::test {
namespace {

// The commands of the first block of code, one a line.
std::vector<std::string> CommandsOf(const std::string& document) {
  constexpr std::string_view kFence = "```\n";
  const size_t begin = document.find(kFence) + kFence.size();
  const std::string block = document.substr(begin, document.find(kFence, begin) - begin);
  std::vector<std::string> commands =
      absl::StrSplit(absl::StrReplaceAll(block, {{"\\\n", " "}}), '\n', absl::SkipEmpty());
  return commands;
}

class IntegrationDoc : public testing::Test {
 protected:
  std::vector<std::string> commands_ =
      CommandsOf(ReadFile(SCEAU_SOURCE_DIR "/docs/integration.md"));
  Appliance appliance_;
};

ProcessResult XmlSec(const std::string& file, const std::string& root, const std::string& id) {
  return RunProcess({"xmlsec1", "--verify", "--trusted-pem", root, "--enabled-key-data",
                     "x509,raw-x509-cert", "--id-attr:Id", "Bordereau", "--id-attr:Id",
                     "http://www.w3.org/2000/09/xmldsig#:Signature", "--id-attr:Id",
                     "http://uri.etsi.org/01903/v1.2.2#:SignedProperties", "--node-id", id, file});
}

TEST_F(IntegrationDoc, TheDaemonStartsWithTheFileItNames) {
  ASSERT_FALSE(commands_.empty());
  ASSERT_TRUE(absl::StartsWith(commands_[0], "sceaud --config sceaud.toml"));
  // Its comment tells where such a file comes from.
  const ProcessResult defaults = RunProcess({SCEAUD, "--print-default-config"});
  ASSERT_EQ(defaults.exit_code, 0);
  const TemporaryFolder folder;
  const std::string config = folder.Write("sceaud.toml", defaults.out);
  // As it is nobody can call: who may is for whoever runs it to say.
  const ProcessResult closed = RunProcess({SCEAUD, "--config", config, "--check-config"});
  EXPECT_EQ(closed.exit_code, 78);
  EXPECT_NE(closed.err.find("identity.certificate"), std::string::npos) << closed.err;
  folder.Write("sceaud.toml",
               absl::StrReplaceAll(defaults.out, {{"mode = \"certificates\"",
                                                   "mode = \"local-without-identity\""}}));
  EXPECT_EQ(RunProcess({SCEAUD, "--config", config, "--check-config"}).exit_code, 0);
}

TEST_F(IntegrationDoc, ThePythonClientSignsAndVerifies) {
  appliance_.Start();
  const std::string input = appliance_.Generate("in.xml", {});
  int ran = 0;
  for (const std::string& command : commands_) {
    if (!absl::StartsWith(command, "/usr/bin/python3 ")) continue;
    const ProcessResult result = RunProcess(
        {"bash", "-c",
         absl::StrReplaceAll(command, {{"127.0.0.1:50051", appliance_.address()},
                                       {"docs/", SCEAU_SOURCE_DIR "/docs/"},
                                       {" in.xml", Concat(" ", input)},
                                       {" out.xml", Concat(" ", appliance_.Path("out.xml"))}})});
    EXPECT_EQ(result.exit_code, 0) << command << result.out << result.err;
    ++ran;
  }
  EXPECT_EQ(ran, 2);
  const std::string output = appliance_.Path("out.xml");
  const ProcessResult verify = appliance_.Sceau({"verify", output, "--json"});
  EXPECT_EQ(verify.exit_code, 0) << verify.out;
  const Json signatures = Json::parse(verify.out)["files"][0]["signatures"];
  ASSERT_EQ(signatures.size(), 2u);
  for (const Json& signature : signatures) {
    EXPECT_EQ(signature["place"]["city"], "Lyon");
    const ProcessResult peer = XmlSec(output, appliance_.root(), signature["id"]);
    EXPECT_EQ(peer.exit_code, 0) << peer.err;
  }
}

}  // namespace
}  // namespace sceau::test
