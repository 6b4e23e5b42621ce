// Stamps as lines: what is written is read back, and nothing else is taken for one.
#include "audit/stamp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/strings.h"
#include "tests/support/temporary_folder.h"

namespace sceau::audit {
namespace {

class Stamps : public testing::Test {
 protected:
  const test::TemporaryFolder folder_;
  const std::unique_ptr<CheckpointKey> key_ =
      *CheckpointKey::OpenOrMake(folder_.path() + "/key.pem");
  const Checkpoint checkpoint_ =
      *key_->Sign("log", 7, DigestOf(DigestAlgorithm::kSha256, "h"), absl::UnixEpoch());
};

TEST_F(Stamps, WhatIsWrittenIsReadBack) {
  const std::string token("\x30\x00\xff", 3);
  const std::string line = StampLine(checkpoint_.text, token) + "\n";
  const auto read = ReadStamps(line + line);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ(read->front().checkpoint.text, checkpoint_.text);
  EXPECT_EQ(read->front().checkpoint.n, 7);
  EXPECT_EQ(read->front().token, token);
}

TEST_F(Stamps, ALineThatIsStillBeingWrittenIsPassedOver) {
  const std::string line = StampLine(checkpoint_.text, "token");
  EXPECT_EQ(ReadStamps(Concat(line, "\n", line.substr(0, 20)))->size(), 1u);
  EXPECT_TRUE(ReadStamps("")->empty());
}

TEST_F(Stamps, AnythingElseIsRefusedWithItsLine) {
  const std::string good = StampLine(checkpoint_.text, "token");
  std::string other_token = good;
  other_token.replace(other_token.find("\"token\":\"") + 9, 4, "!!!!");
  for (const std::string& bad :
       {std::string("{}"), std::string("x"), " " + good, StampLine("{}", "token"), other_token,
        std::string(R"({"checkpoint":1,"token":"","v":1})")}) {
    const Status status = ReadStamps(Concat(good, "\n", bad, "\n")).status();
    EXPECT_EQ(ReasonOf(status), Reason::kAuditInvalid) << bad;
    EXPECT_EQ(PlaceOf(status).line, 2) << bad;
  }
}

}  // namespace
}  // namespace sceau::audit
