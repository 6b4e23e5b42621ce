#include "server/clock_watch.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temporary_folder.h"

namespace sceau::server {
namespace {

const absl::Time kNow = absl::FromCivil(absl::CivilHour(2026, 7, 1, 12), absl::UTCTimeZone());

TEST(ClockWatch, AClockThatGoesForwardIsFine) {
  ClockWatch watch("");
  EXPECT_TRUE(watch.Check(kNow).ok());
  for (int hours = 0; hours < 5; ++hours) {
    watch.Observe(kNow + absl::Hours(hours));
    EXPECT_TRUE(watch.Check(kNow + absl::Hours(hours)).ok());
  }
}

TEST(ClockWatch, OneSetBackIsToldUntilItIsRightAgain) {
  ClockWatch watch("");
  watch.Observe(kNow);
  EXPECT_TRUE(watch.Check(kNow - ClockWatch::kTolerance).ok());
  EXPECT_EQ(ReasonOf(watch.Check(kNow - ClockWatch::kTolerance - absl::Seconds(1))),
            Reason::kServiceUnavailable);
  watch.Observe(kNow - absl::Hours(24));
  EXPECT_EQ(ReasonOf(watch.Check(kNow - absl::Hours(24))), Reason::kServiceUnavailable);
  EXPECT_TRUE(watch.Check(kNow).ok());
}

TEST(ClockWatch, ARestartDoesNotForgetTheLatestTime) {
  const test::TemporaryFolder folder;
  ClockWatch(folder.path()).Observe(kNow);
  ClockWatch again(folder.path());
  again.Observe(kNow - absl::Hours(1));
  EXPECT_EQ(ReasonOf(again.Check(kNow - absl::Hours(1))), Reason::kServiceUnavailable);
}

TEST(ClockWatch, WhoRemovesTheFileAdmitsTheClockAgain) {
  const test::TemporaryFolder folder;
  ClockWatch watch(folder.path());
  watch.Observe(kNow + absl::Hours(24 * 365));  // this one was wrong
  watch.Observe(kNow);
  ASSERT_EQ(ReasonOf(watch.Check(kNow)), Reason::kServiceUnavailable);
  std::filesystem::remove(folder.path() + "/latest-time");
  watch.Observe(kNow);
  EXPECT_TRUE(watch.Check(kNow).ok());
  EXPECT_TRUE(std::filesystem::exists(folder.path() + "/latest-time"));
}

TEST(ClockWatch, AFileThatHoldsNoTimeIsWrittenAnew) {
  const test::TemporaryFolder folder;
  folder.Write("latest-time", "yesterday");
  ClockWatch watch(folder.path());
  watch.Observe(kNow);
  EXPECT_TRUE(watch.Check(kNow).ok());
  ClockWatch again(folder.path());
  again.Observe(kNow - absl::Hours(1));
  EXPECT_EQ(ReasonOf(again.Check(kNow - absl::Hours(1))), Reason::kServiceUnavailable);
}

}  // namespace
}  // namespace sceau::server
