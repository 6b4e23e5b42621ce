// One idempotency key, one signing.
#include <gtest/gtest.h>

#include <ctime>
#include <thread>

#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"

namespace sceau::test {
namespace {

// SigningTime has seconds: in another second another signing gives other bytes.
void AwaitTheNextSecond() {
  const std::time_t now = std::time(nullptr);
  while (std::time(nullptr) == now) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

class Idempotency : public testing::Test {
 protected:
  Idempotency() { appliance_.Start(); }

  ProcessResult Sign(const std::string& input, const std::string& output, const std::string& key,
                     const std::vector<std::string>& more = {"--all"}) {
    std::vector<std::string> command = appliance_.SignThere(input, appliance_.Path(output), more);
    command.insert(command.end(), {"--idempotency-key", key});
    return appliance_.Sceau(command);
  }

  Appliance appliance_;
};

TEST_F(Idempotency, TheSameKeyAndContentGiveTheSameBytesAndOneSigning) {
  const std::string input = appliance_.Generate("flux.xml", {});
  const ProcessResult first = Sign(input, "1.xml", "key");
  ASSERT_EQ(first.exit_code, 0) << first.err;
  AwaitTheNextSecond();
  const ProcessResult second = Sign(input, "2.xml", "key");
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(ReadFile(appliance_.Path("2.xml")), ReadFile(appliance_.Path("1.xml")));
  Json once = Json::parse(first.out), again = Json::parse(second.out);
  again["output"] = once["output"];
  EXPECT_EQ(again, once);
  // With another key it is another signing.
  const ProcessResult other = Sign(input, "3.xml", "another key");
  ASSERT_EQ(other.exit_code, 0) << other.err;
  EXPECT_NE(ReadFile(appliance_.Path("3.xml")), ReadFile(appliance_.Path("1.xml")));
  EXPECT_NE(Json::parse(other.out)["auditId"], once["auditId"]);
}

TEST_F(Idempotency, TheSameKeyForOtherContentOrParametersIsAConflict) {
  const std::string input = appliance_.Generate("flux.xml", {});
  gen::PesSpec other;
  other.seed = 2;
  const std::string other_input = appliance_.Generate("other.xml", other);
  ASSERT_EQ(Sign(input, "1.xml", "key").exit_code, 0);
  const auto files = appliance_.Files();
  for (const ProcessResult& again :
       {Sign(other_input, "2.xml", "key"), Sign(input, "2.xml", "key", {"--whole"}),
        Sign(input, "2.xml", "key", {"--all", "--role", "Adjoint"})}) {
    EXPECT_EQ(again.exit_code, 65) << again.out;
    EXPECT_EQ(Json::parse(again.out)["error"]["reason"], "IDEMPOTENCY_CONFLICT");
  }
  EXPECT_EQ(appliance_.Files(), files);
}

TEST_F(Idempotency, ARefusedRequestLeavesItsKeyFree) {
  const std::string input = appliance_.Generate("flux.xml", {});
  EXPECT_EQ(Sign(input, "1.xml", "key", {"--all", "--role", ""}).exit_code, 64);
  EXPECT_EQ(Sign(input, "1.xml", "key").exit_code, 0);
}

}  // namespace
}  // namespace sceau::test
