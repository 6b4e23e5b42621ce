#include "hsm/session_pool.h"

#include <thread>

#include "hsm/module.h"
#include "tests/hsm/token_fixture.h"

namespace sceau::hsm {
namespace {

class SessionPoolTest : public TokenFixture {
 protected:
  static Slot ShimSlot() {
    const auto modules = Modules::Load({test::ShimPath()}, absl::Seconds(30));
    EXPECT_TRUE(modules.ok()) << modules.status();
    const auto present = (*modules)->FindTokens(Soon()).tokens;
    EXPECT_EQ(present.size(), 1U);  // the slot without a token is left out
    return present.front().slot;
  }
};

TEST_F(SessionPoolTest, P52_WaitsNoLongerThanTheDeadline) {
  test::FreshShim();
  SessionPool pool(ShimSlot(), 1);
  const auto held = pool.Acquire(Soon());
  ASSERT_TRUE(held.ok()) << held.status();
  const absl::Time deadline = absl::Now() + absl::Milliseconds(20);
  EXPECT_EQ(ReasonOf(pool.Acquire(deadline).status()), Reason::kTokenBusy);
  EXPECT_GE(absl::Now(), deadline);
}

TEST_F(SessionPoolTest, P52_AReturnedSessionWakesAWaitingCaller) {
  test::Shim& shim = test::FreshShim();
  SessionPool pool(ShimSlot(), 1);
  auto held = std::make_optional(*pool.Acquire(Soon()));
  Status status = Error(Reason::kInternal);
  std::thread waiting([&] { status = pool.Acquire(absl::InfiniteFuture()).status(); });
  held.reset();
  waiting.join();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(shim.most_sessions, 1);
}

TEST_F(SessionPoolTest, ADroppedSessionIsClosedAndReplaced) {
  test::Shim& shim = test::FreshShim();
  SessionPool pool(ShimSlot(), 1);
  {
    auto lease = pool.Acquire(Soon());
    ASSERT_TRUE(lease.ok()) << lease.status();
    lease->Drop(Loss::kBroken);
    EXPECT_EQ(shim.sessions, 0);
  }
  EXPECT_TRUE(pool.Acquire(Soon()).ok());
}

TEST_F(SessionPoolTest, ASessionTheModuleHasClosedIsNotClosedAgain) {
  test::Shim& shim = test::FreshShim();
  SessionPool pool(ShimSlot(), 1);
  auto lease = pool.Acquire(Soon());
  ASSERT_TRUE(lease.ok()) << lease.status();
  lease->Drop(Loss::kDead);
  EXPECT_EQ(shim.sessions, 1);  // the handle may be another's by now
}

TEST_F(SessionPoolTest, AFailureToOpenIsPassedOnAndLeavesThePlaceFree) {
  test::Shim& shim = test::FreshShim();
  SessionPool pool(ShimSlot(), 1);
  shim.Play("C_OpenSession CKR_DEVICE_REMOVED");
  EXPECT_EQ(ReasonOf(pool.Acquire(Soon()).status()), Reason::kTokenUnavailable);
  EXPECT_TRUE(pool.Acquire(Soon()).ok());
}

}  // namespace
}  // namespace sceau::hsm
