// The store's database becomes read-only under the real daemon: nothing is released, health tells,
// and it goes on once it can be written again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"

namespace sceau::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ReadOnlyStore : public testing::Test {
 protected:
  ReadOnlyStore() : input_(appliance_.Generate("flux.xml", {})) {
    ::setenv("SCEAU_READ_ONLY", flag_.c_str(), 1);
    ::setenv("LD_PRELOAD", SCEAU_READ_ONLY_MODULE, 1);
    appliance_.Start();
    ::unsetenv("LD_PRELOAD");
  }
  ~ReadOnlyStore() override { ::unsetenv("SCEAU_READ_ONLY"); }

  ProcessResult Sign(const std::string& key) const {
    return appliance_.Sceau(
        appliance_.SignThere(input_, output_, {"--all", "--force", "--idempotency-key", key}));
  }
  bool AwaitLog(const std::string& text) const {
    for (int i = 0; i < 200 && appliance_.Log().find(text) == std::string::npos; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return appliance_.Log().find(text) != std::string::npos;
  }
  size_t Records(const std::string& kind) const {
    const std::string log = appliance_.AuditLog();
    const std::string mark = "\"kind\":\"" + kind + "\"";
    size_t count = 0;
    for (size_t at = log.find(mark); at != std::string::npos; at = log.find(mark, at + 1)) ++count;
    return count;
  }

  Appliance appliance_;
  const std::string input_, output_ = appliance_.Path("signed.xml");
  const std::string flag_ = appliance_.Path("read-only");
};

TEST_F(ReadOnlyStore, NothingIsReleasedHealthTellsAndItGoesOnByItself) {
  ASSERT_EQ(Sign("first").exit_code, 0) << appliance_.Log();
  fs::remove(output_);
  std::ofstream(flag_) << "";
  const ProcessResult refused = Sign("second");
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.out, HasSubstr("STORE_UNUSABLE")) << refused.out;
  EXPECT_FALSE(fs::exists(output_));
  EXPECT_EQ(Records("DONE"), 1u);
  EXPECT_EQ(Records("FAILED"), 1u);
  EXPECT_TRUE(AwaitLog("store=STORE_UNUSABLE")) << appliance_.Log();
  // What was signed before is still there, and nothing is signed for it.
  EXPECT_EQ(Sign("first").exit_code, 0);
  EXPECT_EQ(Records("DONE"), 1u);

  fs::remove(flag_);
  bool well = false;
  for (int i = 0; i < 100 && !well; ++i) {
    well = Sign("second").exit_code == 0;
    if (!well) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_TRUE(well) << appliance_.Log();
  EXPECT_EQ(Records("DONE"), 2u);
}

}  // namespace
}  // namespace sceau::test
