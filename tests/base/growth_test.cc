#include "base/growth.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace sceau {
namespace {

// The writer goes on when the reader has come near, and not before.
TEST(GrowthTest, TheWriterWaitsForAReaderWhoIsFarBehind) {
  Growth growth;
  growth.Extend(100);
  growth.AwaitReader(100);  // near enough
  std::atomic<bool> asked = false;
  std::thread reader([&] {
    EXPECT_EQ(growth.WaitFor(10), 100);  // still too far
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    asked = true;
    EXPECT_EQ(growth.WaitFor(40), 100);
  });
  growth.AwaitReader(60);
  EXPECT_TRUE(asked);
  reader.join();
}

TEST(GrowthTest, TheWriterWaitsForNobodyWhoHasLeft) {
  Growth growth;
  growth.Extend(100);
  std::thread reader([&] { growth.Leave(); });
  growth.AwaitReader(0);
  reader.join();
}

TEST(GrowthTest, NorOnceItIsOver) {
  Growth growth;
  growth.Extend(100);
  growth.End(true);
  growth.AwaitReader(0);
}

}  // namespace
}  // namespace sceau
