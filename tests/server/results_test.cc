#include "server/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/strings.h"
#include "server/store_files.h"
#include "tests/support/temporary_folder.h"

namespace sceau::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MovedClock final : public Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = absl::FromUnixSeconds(1'700'000'000);
};

constexpr char kCaller[] = "mairie";

RequestName Named(const std::string& key, const std::string& fingerprint = "f") {
  return {kCaller, key, fingerprint};
}

class ResultsTest : public ::testing::Test {
 protected:
  // As a daemon does when it starts; the one before is gone.
  Status Start() {
    results_.reset();
    auto opened = Results::Open(state_.path(), limits_, clock_, [this](const std::string& end) {
      if (record_.ok()) ends_.push_back(end);
      return record_;
    });
    if (opened.ok()) results_ = *std::move(opened);
    return opened.status();
  }
  void SetUp() override { ASSERT_TRUE(Start().ok()); }

  Status KeepOnly(const std::string& key, std::string_view text) {
    auto file = results_->NewDocument("r-" + key);
    SCEAU_RETURN_IF_ERROR(file.status());
    SCEAU_RETURN_IF_ERROR(file->Append(text));
    const signer::Outcome outcome{.edits = {{7, "", 7, 3}},
                                  .elements = {{schemas::Scope::kBordereau, "BD1", "BD1_SIG_1"}},
                                  .sha256 = ToHex(DigestOf(DigestAlgorithm::kSha256, text)),
                                  .size = static_cast<int64_t>(text.size())};
    return results_->Keep(Named(key), "r-" + key, outcome, *file, "end of " + key);
  }
  void Sign(const std::string& key, std::string_view text) {
    const auto claimed = results_->Claim(Named(key));
    ASSERT_TRUE(claimed.ok() && *claimed == nullptr) << claimed.status();
    ASSERT_TRUE(KeepOnly(key, text).ok());
    ASSERT_TRUE(results_->Give(Named(key)).ok());
    results_->Release(Named(key));
    clock_.now += absl::Seconds(1);
  }
  // What its caller gets; the reason instead of a text when there is an error.
  std::string TextOf(const std::string& key) {
    const auto found = results_->Find(Named(key));
    if (!found.ok()) return std::string(InfoOf(*ReasonOf(found.status())).name);
    if (*found == nullptr) return "nothing";
    return (*found)->document.Slice(0, static_cast<size_t>((*found)->size())).value_or("?");
  }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& it : std::filesystem::directory_iterator(ResultsFolderOf(state_.path()))) {
      names.push_back(it.path().filename().string());
    }
    return names;
  }

  test::TemporaryFolder state_;
  MovedClock clock_;
  Results::Limits limits_{.entries = 3, .bytes = 100, .expiry = absl::Hours(1)};
  Status record_;
  std::vector<std::string> ends_;
  std::unique_ptr<Results> results_;
};

TEST_F(ResultsTest, TheSameRequestGetsTheStoredAnswerAlsoAfterARestart) {
  Sign("k", "result");
  for (int i = 0; i < 2; ++i) {
    const auto again = results_->Claim(Named("k"));
    ASSERT_TRUE(again.ok()) << again.status();
    ASSERT_NE(*again, nullptr);
    EXPECT_EQ((*again)->document.Slice(0, 6).value(), "result");
    EXPECT_EQ((*again)->audit_id, "r-k");
    EXPECT_EQ((*again)->sha256, DigestOf(DigestAlgorithm::kSha256, "result"));
    EXPECT_EQ((*again)->edits.edits_size(), 1);
    EXPECT_EQ((*again)->elements.elements(0).signature_id(), "BD1_SIG_1");
    ASSERT_TRUE(Start().ok());
  }
  EXPECT_THAT(ends_, ElementsAre("end of k"));
}

TEST_F(ResultsTest, OtherContentUnderTheKeyIsAConflict) {
  Sign("k", "result");
  EXPECT_EQ(ReasonOf(results_->Claim(Named("k", "o")).status()), Reason::kIdempotencyConflict);
  EXPECT_EQ(ReasonOf(results_->Find(Named("k", "o")).status()), Reason::kIdempotencyConflict);
  EXPECT_EQ(TextOf("k"), "result");  // and took nothing
}

TEST_F(ResultsTest, WhileItRunsTheKeyIsInProgress) {
  ASSERT_TRUE(results_->Claim(Named("k")).ok());
  EXPECT_EQ(ReasonOf(results_->Claim(Named("k")).status()), Reason::kIdempotencyInProgress);
  EXPECT_EQ(ReasonOf(results_->Claim(Named("k", "o")).status()), Reason::kIdempotencyConflict);
  EXPECT_EQ(ReasonOf(results_->ResultOf(kCaller, "k").status()), Reason::kIdempotencyInProgress);
  ASSERT_TRUE(KeepOnly("k", "result").ok());
  EXPECT_EQ(TextOf("k"), "IDEMPOTENCY_IN_PROGRESS");
}

TEST_F(ResultsTest, AFailedRequestFreesItsKey) {
  EXPECT_EQ(TextOf("k"), "nothing");  // Find takes nothing
  ASSERT_TRUE(results_->Claim(Named("k")).ok());
  results_->Release(Named("k"));
  const auto other = results_->Claim(Named("k", "o"));
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(*other, nullptr);
}

TEST_F(ResultsTest, AResultIsItsCallersOwn) {
  Sign("k", "result");
  EXPECT_EQ(ReasonOf(results_->ResultOf("other", "k").status()), Reason::kResultUnknown);
  EXPECT_EQ(ReasonOf(results_->ResultOfRequest("other", "r-k").status()), Reason::kResultUnknown);
  EXPECT_TRUE(results_->ResultOf(kCaller, "k").ok());
  EXPECT_TRUE(results_->ResultOfRequest(kCaller, "r-k").ok());
}

TEST_F(ResultsTest, WhatIsOverIsNeverSignedAgain) {
  Sign("k", "result");
  clock_.now += absl::Hours(1);
  results_->DropExpired();
  EXPECT_EQ(TextOf("k"), "RESULT_EXPIRED");
  EXPECT_THAT(Files(), IsEmpty());
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(ReasonOf(results_->Claim(Named("k")).status()), Reason::kResultExpired);
  EXPECT_EQ(ReasonOf(results_->Claim(Named("k", "o")).status()), Reason::kIdempotencyConflict);
  EXPECT_EQ(ReasonOf(results_->ResultOf(kCaller, "k").status()), Reason::kResultExpired);
}

TEST_F(ResultsTest, TheOldestGoWhenThereAreTooMany) {
  for (const char* key : {"a", "b", "c", "d"}) Sign(key, key);
  EXPECT_EQ(TextOf("a"), "RESULT_EXPIRED");
  EXPECT_EQ(TextOf("b"), "b");
  EXPECT_EQ(TextOf("d"), "d");
}

TEST_F(ResultsTest, TheOldestGoWhenTheyAreTooBigAndTheNewestStays) {
  Sign("a", std::string(60, 'a'));
  Sign("b", std::string(160, 'b'));
  EXPECT_EQ(TextOf("a"), "RESULT_EXPIRED");
  EXPECT_EQ(TextOf("b"), std::string(160, 'b'));
}

// The daemon ends between Keep and the end in the audit log.
TEST_F(ResultsTest, WhatWasKeptIsEndedByTheNextDaemon) {
  ASSERT_TRUE(results_->Claim(Named("k")).ok());
  ASSERT_TRUE(KeepOnly("k", "result").ok());
  EXPECT_THAT(ends_, IsEmpty());
  ASSERT_TRUE(Start().ok());
  EXPECT_THAT(ends_, ElementsAre("end of k"));
  EXPECT_EQ(TextOf("k"), "result");
}

TEST_F(ResultsTest, NothingIsGivenWhoseEndIsNotInTheAuditLog) {
  record_ = Error(Reason::kAuditUnavailable);
  ASSERT_TRUE(KeepOnly("k", "result").ok());
  EXPECT_EQ(TextOf("k"), "AUDIT_UNAVAILABLE");
  EXPECT_EQ(ReasonOf(results_->ResultOf(kCaller, "k").status()), Reason::kAuditUnavailable);
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(TextOf("k"), "AUDIT_UNAVAILABLE");
  record_ = OkStatus();
  EXPECT_EQ(TextOf("k"), "result");
  EXPECT_THAT(ends_, ElementsAre("end of k"));
}

TEST_F(ResultsTest, P67_AFileWithoutARowIsSwept) {
  Sign("k", "result");
  state_.Write("store/results/r-x", "a document that no row speaks of");
  ASSERT_TRUE(Start().ok());
  EXPECT_THAT(Files(), ElementsAre("r-k"));
}

TEST_F(ResultsTest, AResultThatIsNotWholeIsNotGiven) {
  Sign("k", "result");
  state_.Write("store/results/r-k", "resul");
  EXPECT_EQ(TextOf("k"), "STORE_UNUSABLE");
}

TEST_F(ResultsTest, OnlyItsOwnerReadsIt) {
  Sign("k", "result");
  const auto mode = [](const std::string& path) {
    struct stat it {};
    EXPECT_EQ(::stat(path.c_str(), &it), 0) << path;
    return it.st_mode & ALLPERMS;
  };
  EXPECT_EQ(mode(ResultsFolderOf(state_.path())), S_IRWXU);
  EXPECT_EQ(mode(ResultsFolderOf(state_.path()) + "/r-k"), S_IRUSR | S_IWUSR);
  EXPECT_EQ(mode(DatabaseOf(state_.path())), S_IRUSR | S_IWUSR);
  EXPECT_EQ(mode(DatabaseOf(state_.path()) + "-wal"), S_IRUSR | S_IWUSR);
}

TEST_F(ResultsTest, AnotherDaemonDoesNotUseTheSameFolder) {
  const auto second = Results::Open(state_.path(), limits_, clock_, nullptr);
  EXPECT_EQ(ReasonOf(second.status()), Reason::kStoreUnusable) << second.status();
}

}  // namespace
}  // namespace sceau::server
