#include "policy/instant.h"

#include <gtest/gtest.h>

namespace sceau::policy {
namespace {

absl::Time Utc(const char* text) {
  absl::Time time;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, nullptr));
  return time;
}

absl::Time In(const char* zone, const char* text, Bound bound = Bound::kFrom) {
  const auto loaded = LoadZone(zone);
  EXPECT_TRUE(loaded.ok()) << "is tzdata installed? " << zone;
  const auto read = ReadInstant(text, bound, *loaded);
  EXPECT_TRUE(read.ok()) << text;
  return read.ok() ? *read : absl::InfinitePast();
}

TEST(Instants, ADayBeginsAtMidnightOfTheCollectivite) {
  EXPECT_EQ(In("Europe/Paris", "2026-01-15"), Utc("2026-01-14T23:00:00Z"));
  EXPECT_EQ(In("Europe/Paris", "2026-07-15"), Utc("2026-07-14T22:00:00Z"));
  EXPECT_EQ(In("Pacific/Noumea", "2026-01-15"), Utc("2026-01-14T13:00:00Z"));
}

TEST(Instants, ADayAsAnEndHoldsThroughThatDay) {
  EXPECT_EQ(In("Europe/Paris", "2026-03-29", Bound::kUntil), Utc("2026-03-29T22:00:00Z"));
  EXPECT_EQ(In("Europe/Paris", "2028-02-28", Bound::kUntil), Utc("2028-02-28T23:00:00Z"));
}

TEST(Instants, ACivilTimeThatIsSkippedOrStandsTwiceIsRefused) {
  const auto paris = *LoadZone("Europe/Paris");
  for (const char* text : {"2026-03-29T02:30:00", "2026-10-25T02:30:00"}) {
    EXPECT_EQ(ReasonOf(ReadInstant(text, Bound::kFrom, paris).status()), Reason::kDelegationInvalid)
        << text;
  }
  EXPECT_EQ(In("Europe/Paris", "2026-10-25T02:30:00+02:00"), Utc("2026-10-25T00:30:00Z"));
}

TEST(Instants, WithoutAZoneOnlyAnInstantWithItsOffsetIsRead) {
  for (const char* text : {"2026-03-29", "2026-03-29T12:00:00", "2026-02-30T00:00:00Z",
                           "infinite-future", "", "2026-03-29T12:00:00Zx"}) {
    EXPECT_FALSE(ReadInstant(text, Bound::kFrom, std::nullopt).ok()) << text;
  }
  EXPECT_EQ(WriteInstant(*ReadInstant("2026-03-29T12:00:00.25+11:00", Bound::kFrom, std::nullopt)),
            "2026-03-29T01:00:00.25Z");
}

TEST(Instants, AZoneThatDoesNotExistIsRefused) {
  EXPECT_EQ(ReasonOf(LoadZone("Europe/Atlantis").status()), Reason::kDelegationInvalid);
  EXPECT_FALSE(LoadZone("").ok());
}

}  // namespace
}  // namespace sceau::policy
