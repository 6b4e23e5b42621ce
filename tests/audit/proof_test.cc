// A record's place in the log, shown without the others.
#include "audit/proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/audit/log.h"

namespace sceau::audit {
namespace {

using testing::HasSubstr;
using testing::Not;

class ProofTest : public testing::Test {
 protected:
  ProofTest() {
    log_.AddRequests(2);
    evidence_.checkpoints.push_back(log_.Now());
    log_.AddRequests(3);
    evidence_.checkpoints.push_back(log_.Now());
    log_.AddRequests(1);  // not covered yet
    evidence_.public_key = log_.PublicKey();
  }
  StatusOr<std::string> Make(int64_t n) const {
    SCEAU_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(log_.path(), 1 << 20));
    return MakeProof(file, evidence_, n);
  }

  TestLog log_;
  Evidence evidence_;
};

TEST_F(ProofTest, EveryCoveredRecordIsProvenAndNoOtherIsShown) {
  for (int64_t n = 1; n <= 10; ++n) {
    const auto proof = Make(n);
    ASSERT_TRUE(proof.ok()) << proof.status();
    const auto proven = CheckProof(*proof, evidence_.public_key.get());
    ASSERT_TRUE(proven.ok()) << proven.status();
    EXPECT_EQ(proven->n, n);
    EXPECT_EQ(proven->log_id, log_.writer().head().log_id);
    EXPECT_THAT(log_.Lines()[static_cast<size_t>(n)], HasSubstr(proven->record));
    size_t shown = 0;
    for (size_t at = 0; (at = proof->find("kind", at)) != std::string::npos; ++at) ++shown;
    EXPECT_EQ(shown, 1U);
  }
}

TEST_F(ProofTest, WithoutACheckpointNothingIsProven) {
  EXPECT_EQ(ReasonOf(Make(11).status()), Reason::kAuditInvalid);
  EXPECT_EQ(ReasonOf(Make(0).status()), Reason::kUsage);
  EXPECT_EQ(ReasonOf(Make(99).status()), Reason::kUsage);
}

TEST_F(ProofTest, P64_EveryChangedByteMakesItProveNothing) {
  const std::string proof = *Make(3);
  for (size_t at = 0; at < proof.size(); ++at) {
    for (const int bit : {0, 1, 5}) {
      std::string changed = proof;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      EXPECT_FALSE(CheckProof(changed, evidence_.public_key.get()).ok()) << at;
    }
  }
  const TestLog other;
  EXPECT_FALSE(CheckProof(proof, other.PublicKey().get()).ok());
}

}  // namespace
}  // namespace sceau::audit
