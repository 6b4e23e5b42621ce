#include "server/idempotency.h"

#include <gtest/gtest.h>

#include "base/strings.h"

namespace sceau::server {
namespace {

class MovedClock final : public Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = absl::FromUnixSeconds(1'700'000'000);
};

std::shared_ptr<const Answer> AnswerOf(std::string_view text) {
  auto answer = std::make_shared<Answer>();
  OutputFile file = OutputFile::Unnamed();
  EXPECT_TRUE(file.Append(text).ok());
  answer->document = *file.Reread();
  answer->audit_id = std::string(text);
  return answer;
}

class Idempotency : public ::testing::Test {
 protected:
  bool IsFree(const std::string& key) {
    const auto found = table_.Find(key, "f");
    return found.ok() && *found == nullptr;
  }
  void Keep(const std::string& key, std::string_view text) {
    const auto claimed = table_.Claim(key, "f");
    ASSERT_TRUE(claimed.ok() && *claimed == nullptr);
    table_.Store(key, AnswerOf(text));
  }

  MovedClock clock_;
  IdempotencyTable table_{{.entries = 3, .bytes = 100, .expiry = absl::Hours(1)}, &clock_};
};

TEST_F(Idempotency, TheSameRequestGetsTheStoredAnswer) {
  Keep("k", "result");
  const auto again = table_.Claim("k", "f");
  ASSERT_TRUE(again.ok()) << again.status();
  ASSERT_NE(*again, nullptr);
  EXPECT_EQ((*again)->audit_id, "result");
}

TEST_F(Idempotency, OtherContentUnderTheKeyIsAConflict) {
  Keep("k", "result");
  EXPECT_EQ(ReasonOf(table_.Claim("k", "other").status()), Reason::kIdempotencyConflict);
  EXPECT_EQ(ReasonOf(table_.Find("k", "other").status()), Reason::kIdempotencyConflict);
}

TEST_F(Idempotency, WhileItRunsTheKeyIsInProgress) {
  ASSERT_TRUE(table_.Claim("k", "f").ok());
  EXPECT_EQ(ReasonOf(table_.Claim("k", "f").status()), Reason::kIdempotencyInProgress);
  EXPECT_EQ(ReasonOf(table_.Claim("k", "other").status()), Reason::kIdempotencyConflict);
}

TEST_F(Idempotency, FindTakesNothing) {
  EXPECT_TRUE(IsFree("k"));
  EXPECT_TRUE(IsFree("k"));
}

TEST_F(Idempotency, AFailedRequestFreesItsKey) {
  ASSERT_TRUE(table_.Claim("k", "f").ok());
  table_.Release("k");
  const auto other = table_.Claim("k", "other");
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(*other, nullptr);
}

TEST_F(Idempotency, ReleaseKeepsAStoredAnswer) {
  Keep("k", "result");
  table_.Release("k");
  EXPECT_FALSE(IsFree("k"));
}

TEST_F(Idempotency, AnswersExpire) {
  Keep("k", "result");
  clock_.now += absl::Minutes(59);
  EXPECT_FALSE(IsFree("k"));
  clock_.now += absl::Minutes(1);
  EXPECT_TRUE(IsFree("k"));
}

TEST_F(Idempotency, TheOldestGoWhenThereAreTooMany) {
  for (const char* key : {"a", "b", "c", "d"}) Keep(key, key);
  EXPECT_TRUE(IsFree("a"));
  EXPECT_FALSE(IsFree("b"));
  EXPECT_FALSE(IsFree("d"));
}

TEST_F(Idempotency, TheOldestGoWhenTheyAreTooBig) {
  Keep("a", std::string(60, 'a'));
  Keep("b", std::string(60, 'b'));
  EXPECT_TRUE(IsFree("a"));
  EXPECT_FALSE(IsFree("b"));
}

TEST_F(Idempotency, TheNewestStaysEvenWhenItAloneIsTooBig) {
  Keep("a", std::string(200, 'a'));
  EXPECT_FALSE(IsFree("a"));
}

}  // namespace
}  // namespace sceau::server
