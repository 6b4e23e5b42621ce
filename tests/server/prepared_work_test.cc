// Prepared work: whose it is, how often it serves, how long it waits.
#include "server/prepared_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/random.h"
#include "base/strings.h"
#include "server/prepared_work_text.h"
#include "tests/support/temporary_folder.h"

namespace sceau::server {
namespace {

class SteppedClock final : public Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = absl::FromUnixSeconds(1800000000);
};

class PreparedWorksTest : public testing::Test {
 protected:
  PreparedWorksTest() { Open(); }

  // As a daemon that starts anew.
  void Open(const PreparedWorks::Limits& limits = {.entries = 100, .bytes = 1 << 20}) {
    works_.reset();
    works_ = *PreparedWorks::Open(folder_.path() + "/prepared", limits, clock_);
  }

  PreparedWork Work(const std::string& caller, const std::string& key) const {
    return {.id = RandomHex(16),
            .caller = caller,
            .idempotency_key = key,
            .fingerprint = std::string("\0\xff", 2),
            .sha256 = std::string(32, 's'),
            .order = {.profile = "helios-v3",
                      .selection = {.what = signer::Selection::What::kListed,
                                    .bordereaux = {"B'1", "\"é\n"}},
                      .detached = true,
                      .name = "décision.pdf",
                      .role = "Maire",
                      .certificates = {std::string("\0der", 4), "ca"}},
            .signing_time = clock_.now + absl::Nanoseconds(123456789),
            .expires = clock_.now + absl::Minutes(15),
            .to_be_signed = std::string(32, 't'),
            .targets = 3};
  }
  static InputFile Document(std::string_view text = "<document/>") {
    OutputFile file = OutputFile::Unnamed();
    EXPECT_TRUE(file.Append(text).ok());
    return *file.Reread();
  }
  std::string Kept(const std::string& caller = "mairie", const std::string& key = "key") {
    const PreparedWork work = Work(caller, key);
    const Status status = works_->Keep(work, Document());
    EXPECT_TRUE(status.ok()) << status;
    return work.id;
  }
  std::optional<Reason> Refusal(const std::string& id, const std::string& caller = "mairie") {
    return ReasonOf(works_->Claim(id, caller).status());
  }

  test::TemporaryFolder folder_;
  SteppedClock clock_;
  std::unique_ptr<PreparedWorks> works_;
};

TEST_F(PreparedWorksTest, WhatIsKeptComesBackAsItWasAfterARestartToo) {
  const PreparedWork work = Work("mairie", "key");
  ASSERT_TRUE(works_->Keep(work, Document("content")).ok());
  Open();
  const auto claimed = works_->Claim(work.id, "mairie");
  ASSERT_TRUE(claimed.ok()) << claimed.status();
  EXPECT_EQ(*claimed->document.Slice(0, 7), "content");
  const PreparedWork& back = claimed->work;
  EXPECT_EQ(back.fingerprint, work.fingerprint);
  EXPECT_EQ(back.order.certificates, work.order.certificates);
  EXPECT_EQ(back.order.selection.bordereaux, work.order.selection.bordereaux);
  EXPECT_EQ(back.order.selection.what, work.order.selection.what);
  EXPECT_EQ(back.order.detached, work.order.detached);
  EXPECT_EQ(back.order.name, work.order.name);
  EXPECT_EQ(back.signing_time, work.signing_time);
  EXPECT_EQ(back.targets, work.targets);
}

TEST_F(PreparedWorksTest, P43_AnotherCallerFindsNothingWithAStolenIdentifier) {
  const std::string id = Kept("mairie");
  EXPECT_EQ(Refusal(id, "voisine"), Reason::kPreparationUnknown);
  EXPECT_EQ(Refusal(id, ""), Reason::kPreparationUnknown);
  EXPECT_EQ(ReasonOf(works_->Find(id, "voisine").status()), Reason::kPreparationUnknown);
  // Not even whether it served.
  ASSERT_TRUE(works_->Claim(id, "mairie").ok());
  ASSERT_TRUE(works_->Finish(id).ok());
  EXPECT_EQ(Refusal(id, "voisine"), Reason::kPreparationUnknown);
  EXPECT_EQ(Refusal(id, "mairie"), Reason::kPreparationUsed);
}

TEST_F(PreparedWorksTest, AnotherCallersKeyTakesNothingAway) {
  const std::string id = Kept("mairie", "key");
  Kept("voisine", "key");
  EXPECT_TRUE(works_->Claim(id, "mairie").ok());
}

TEST_F(PreparedWorksTest, ServesOnce) {
  const std::string id = Kept();
  ASSERT_TRUE(works_->Claim(id, "mairie").ok());
  EXPECT_EQ(Refusal(id), Reason::kIdempotencyInProgress);
  works_->Release(id);
  ASSERT_TRUE(works_->Claim(id, "mairie").ok());
  ASSERT_TRUE(works_->Finish(id).ok());
  EXPECT_EQ(Refusal(id), Reason::kPreparationUsed);
  Open();
  EXPECT_EQ(Refusal(id), Reason::kPreparationUsed);
}

TEST_F(PreparedWorksTest, OfManyWhoClaimAtOnceOneHasIt) {
  const std::string id = Kept();
  std::atomic<int> had{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] { had += works_->Claim(id, "mairie").ok() ? 1 : 0; });
  }
  for (std::thread& it : threads) it.join();
  EXPECT_EQ(had, 1);
}

TEST_F(PreparedWorksTest, ExpiresToTheInstantAndIsForgottenADayLater) {
  const std::string id = Kept();
  clock_.now += absl::Minutes(15) - absl::Nanoseconds(1);
  EXPECT_TRUE(works_->Find(id, "mairie").ok());
  clock_.now += absl::Nanoseconds(1);
  EXPECT_EQ(Refusal(id), Reason::kPreparationExpired);
  works_->DropExpired();
  Open();
  EXPECT_EQ(Refusal(id), Reason::kPreparationExpired);
  clock_.now += absl::Hours(25);
  works_->DropExpired();
  EXPECT_EQ(Refusal(id), Reason::kPreparationUnknown);
}

// A clock that is set back does not bring an expired one back once its document is gone.
TEST_F(PreparedWorksTest, AClockSetBackBringsNothingBack) {
  const std::string id = Kept();
  clock_.now += absl::Hours(1);
  works_->DropExpired();
  clock_.now -= absl::Hours(1);
  EXPECT_FALSE(works_->Claim(id, "mairie").ok());
}

TEST_F(PreparedWorksTest, TooManyAndTooMuchAreRefused) {
  Open({.entries = 2, .bytes = 1 << 20});
  Kept("mairie", "1");
  Kept("mairie", "2");
  EXPECT_EQ(ReasonOf(works_->Keep(Work("mairie", "3"), Document())), Reason::kOverloaded);
  Open({.entries = 100, .bytes = 40});
  EXPECT_EQ(ReasonOf(works_->Keep(Work("mairie", "3"), Document(std::string(41, 'x')))),
            Reason::kOverloaded);
}

TEST_F(PreparedWorksTest, ADescriptionThatIsNoneIsNotTaken) {
  const std::string text = TextOf(Work("mairie", "key"), false);
  EXPECT_TRUE(WorkFromText(text).has_value());
  for (const std::string& changed :
       {std::string(), std::string("{}"), text.substr(1), text.substr(0, text.size() / 2),
        std::string("[1]"), std::string("{\"v\": 2}")}) {
    EXPECT_FALSE(WorkFromText(changed).has_value()) << changed;
  }
}

}  // namespace
}  // namespace sceau::server
