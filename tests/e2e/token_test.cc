// What the daemon and the command do with a token that misbehaves and with a PIN that is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/strings.h"
#include "tests/e2e/appliance.h"
#include "tests/support/shim.h"

namespace sceau::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kCanary = "canary-60827431";

std::string Contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Where the PIN stands, apart from its own file.
std::vector<std::string> Traces(const std::filesystem::path& folder, pid_t pid,
                                std::string_view pin) {
  std::vector<std::string> found;
  const auto look = [&](const std::filesystem::path& path) {
    if (Contents(path).find(pin) != std::string::npos) found.push_back(path.string());
  };
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().filename() != "given.pin") look(entry.path());
  }
  for (const char* name : {"cmdline", "environ", "status"}) {
    look(Concat("/proc/", pid, "/", name));
  }
  return found;
}

TEST(TokenOfTheAppliance, P49_P58_AWrongPinIsTriedOnceAndFoundNowhere) {
  Appliance appliance;
  appliance.SetPin(std::string(kCanary));
  appliance.Start();
  const std::string input = appliance.Generate("in.xml", {});
  const auto refused = appliance.Sceau(appliance.SignThere(input, appliance.Path("out.xml")));
  EXPECT_EQ(refused.exit_code, 77) << refused.err;
  EXPECT_THAT(refused.out, HasSubstr("PIN_KNOWN_WRONG"));  // PIN_INCORRECT was at the start
  EXPECT_THAT(appliance.Log(), HasSubstr("PIN_INCORRECT"));
  const auto folder = std::filesystem::path(appliance.root()).parent_path();
  EXPECT_THAT(Traces(folder, appliance.daemon().pid(), kCanary), ::testing::IsEmpty());
  EXPECT_THAT(refused.out + refused.err, Not(HasSubstr(std::string(kCanary))));
  // Neither a restart nor the command tries it again.
  appliance.daemon().Stop(SIGTERM);
  appliance.Start();
  const std::string log = appliance.Log();  // of both
  EXPECT_EQ(log.find("outcome=PIN_INCORRECT"), log.rfind("outcome=PIN_INCORRECT"));
  const auto here = appliance.Sceau(
      appliance.SignHere(input, appliance.Path("out.xml"),
                         {"--all", "--pin-source", (folder / "given.pin").string()}));
  EXPECT_EQ(here.exit_code, 77) << here.err;
  EXPECT_THAT(here.out, HasSubstr("PIN_KNOWN_WRONG"));
  const auto cleared = appliance.Sceau({"token", "clear-pin-block"});
  EXPECT_EQ(cleared.exit_code, 0) << cleared.err;
  EXPECT_THAT(cleared.out, HasSubstr("1"));
  EXPECT_FALSE(std::filesystem::exists(appliance.Path("out.xml")));
}

// The PIN that opens the token stands in the daemon's locked memory for the login, and nowhere
// that anybody could look: neither in what it writes nor in what the kernel tells of it.
TEST(TokenOfTheAppliance, P58_ThePinThatWasAcceptedIsFoundNowhere) {
  Appliance appliance;
  appliance.Start();
  const std::string input = appliance.Generate("in.xml", {});
  const auto there = appliance.Sceau(appliance.SignThere(input, appliance.Path("there.xml")));
  ASSERT_EQ(there.exit_code, 0) << there.err;
  const auto here =
      appliance.Sceau(appliance.SignHere(input, appliance.Path("here.xml"), {"--all"}));
  ASSERT_EQ(here.exit_code, 0) << here.err;
  const auto folder = std::filesystem::path(appliance.root()).parent_path();
  const pid_t daemon = appliance.daemon().pid();
  EXPECT_THAT(Traces(folder, daemon, kTokenPin), ::testing::IsEmpty());
  for (const auto& run : {there, here}) EXPECT_THAT(run.out + run.err, Not(HasSubstr(kTokenPin)));
  // Nor in a core file: it writes none.
  const std::string limits = Contents(Concat("/proc/", daemon, "/limits"));
  EXPECT_THAT(limits, ::testing::ContainsRegex("Max core file size +0 +0 "));
  std::ofstream(appliance.Path("leak")) << "PIN: " << kTokenPin;
  EXPECT_THAT(Traces(folder, daemon, kTokenPin), ::testing::SizeIs(1));  // it would be found
}

TEST(TokenOfTheAppliance, P53_P55_AModuleThatHangsIsToldAndTheDaemonEnds) {
  Appliance appliance;
  const TemporaryFolder folder;
  const std::string script = folder.Write("script", "C_Sign hang skip=1 times=100\n");
  ::setenv("SCEAU_SHIM_SCRIPT", script.c_str(), 1);
  appliance.SetModule(ShimPath());
  appliance.SetTokenSettings("longest_call = \"1s\"");
  appliance.Start();
  ::unsetenv("SCEAU_SHIM_SCRIPT");
  const std::string input = appliance.Generate("in.xml", {});
  const auto late = appliance.Sceau(appliance.SignThere(input, appliance.Path("out.xml")));
  EXPECT_EQ(late.exit_code, 69) << late.err;
  EXPECT_THAT(late.out, HasSubstr("TOKEN_UNAVAILABLE"));
  EXPECT_FALSE(std::filesystem::exists(appliance.Path("out.xml")));
  EXPECT_EQ(appliance.daemon().Stop(SIGTERM), 0);
}

// The value is checked before it leaves: nothing is released, and the log says why.
TEST(TokenOfTheAppliance, P59_AFaultySignatureIsToldRecordedAndReleasedToNobody) {
  Appliance appliance;
  const TemporaryFolder folder;
  const std::string script = folder.Write("script", "C_Sign flip skip=1 times=1000\n");
  ::setenv("SCEAU_SHIM_SCRIPT", script.c_str(), 1);
  appliance.SetModule(ShimPath());
  appliance.Start();
  ::unsetenv("SCEAU_SHIM_SCRIPT");
  const std::string input = appliance.Generate("in.xml", {});
  const auto refused = appliance.Sceau(appliance.SignThere(input, appliance.Path("out.xml")));
  EXPECT_EQ(refused.exit_code, 69) << refused.err;
  EXPECT_THAT(refused.out, HasSubstr("SIGNATURE_CHECK_FAILED"));
  EXPECT_FALSE(std::filesystem::exists(appliance.Path("out.xml")));
  const std::string log = appliance.AuditLog();
  EXPECT_THAT(log, HasSubstr("\"FAILED\""));
  EXPECT_THAT(log, HasSubstr("SIGNATURE_CHECK_FAILED"));
  EXPECT_THAT(log, Not(HasSubstr("\"DONE\"")));
}

}  // namespace
}  // namespace sceau::test
