// Every way to change a log is noticed, and the first bad record is named.
#include <gtest/gtest.h>

#include <random>

#include "base/bytes.h"
#include "tests/audit/log.h"

namespace sceau::audit {
namespace {

constexpr int kRequests = 6;  // 12 records
constexpr size_t kLink = 64;  // digits of the link that begins a line; they may hold anything

class Tampering : public testing::Test {
 protected:
  Tampering() {
    log_.AddRequests(kRequests);
    lines_ = log_.Lines();
    evidence_.checkpoints.push_back(log_.Now());
    evidence_.public_key = log_.PublicKey();
  }

  void ExpectBad(const StatusOr<LogState>& state, Fault fault, int64_t record) {
    ASSERT_TRUE(state.ok()) << state.status();
    ASSERT_TRUE(state->first_bad);
    EXPECT_EQ(NameOf(state->first_bad->fault), NameOf(fault));
    EXPECT_EQ(state->first_bad->record, record);
  }

  // The log with its digests made anew from line `from` on: what somebody who can compute does.
  std::vector<std::string> Rechained(std::vector<std::string> lines, size_t from) const {
    std::string link = from == 1 ? FirstLink(*LogIdIn(lines[0])) : ReadLine(lines[from - 1])->link;
    for (size_t i = from; i < lines.size(); ++i) {
      const std::string record(ReadLine(lines[i])->record);
      link = NextLink(link, RecordDigest(record));
      lines[i] = Concat(ToHex(link), " ", record);
    }
    return lines;
  }

  TestLog log_;
  std::vector<std::string> lines_;  // the header first
  Evidence evidence_;
};

TEST_F(Tampering, AnUntouchedLogHolds) {
  const auto state = log_.CheckLines(lines_, &evidence_);
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_FALSE(state->first_bad);
  EXPECT_EQ(state->records, 2 * kRequests);
  EXPECT_EQ(state->covered, 2 * kRequests);
  EXPECT_EQ(state->unfinished, 0);
  EXPECT_TRUE(state->open.empty());
}

TEST_F(Tampering, P64_EveryFlippedBitIsNoticed) {
  const std::string text = log_.Text();
  int noticed = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      // Without the checkpoint: the chain alone shows it, but for the last line's own end.
      const auto state = log_.Check(changed);
      const bool bad = !state.ok() || state->first_bad || state->unfinished > 0;
      ASSERT_TRUE(bad) << "byte " << at << " bit " << bit;
      ++noticed;
      if (at % 7 != 0) continue;
      const auto checked = log_.Check(changed, &evidence_);
      ASSERT_TRUE(!checked.ok() || checked->first_bad) << "byte " << at << " bit " << bit;
    }
  }
  EXPECT_EQ(noticed, static_cast<int>(text.size()) * 8);
}

TEST_F(Tampering, P64_AnEditedRecordIsNamed) {
  for (size_t k = 1; k < lines_.size(); ++k) {
    auto lines = lines_;
    lines[k].replace(lines[k].find("request"), 7, "REQUEST");
    ExpectBad(log_.CheckLines(lines), Fault::kLineMalformed, static_cast<int64_t>(k));
    lines = lines_;
    lines[k].replace(lines[k].find("2026", kLink), 4, "2027");
    ExpectBad(log_.CheckLines(lines), Fault::kChainBroken, static_cast<int64_t>(k));
    // With its digest made to fit, the next record shows it; of the last one, the checkpoint.
    const std::string link = k == 1 ? FirstLink(*LogIdIn(lines[0])) : ReadLine(lines[k - 1])->link;
    const std::string record(ReadLine(lines[k])->record);
    lines[k] = Concat(ToHex(NextLink(link, RecordDigest(record))), " ", record);
    const bool last = k + 1 == lines.size();
    ExpectBad(log_.CheckLines(lines, &evidence_),
              last ? Fault::kOtherThanCheckpoint : Fault::kChainBroken,
              static_cast<int64_t>(last ? k : k + 1));
  }
}

TEST_F(Tampering, P64_ALogWrittenAnewFromSomeRecordOnDiffersFromTheCheckpoint) {
  for (size_t k = 1; k < lines_.size(); ++k) {
    auto lines = lines_;
    lines[k].replace(lines[k].find("2026", kLink), 4, "2027");
    lines = Rechained(std::move(lines), k);
    const auto alone = log_.CheckLines(lines);
    ASSERT_TRUE(alone.ok() && !alone->first_bad);  // the chain alone cannot tell
    ExpectBad(log_.CheckLines(lines, &evidence_), Fault::kOtherThanCheckpoint, 2 * kRequests);
  }
}

TEST_F(Tampering, P64_ReorderedRepeatedRemovedAndInsertedRecordsAreNamed) {
  for (size_t k = 1; k + 1 < lines_.size(); ++k) {
    const auto n = static_cast<int64_t>(k);
    auto lines = lines_;
    std::swap(lines[k], lines[k + 1]);
    ExpectBad(log_.CheckLines(lines), Fault::kRecordMissing, n);
    lines = lines_;
    lines.erase(lines.begin() + static_cast<long>(k));
    ExpectBad(log_.CheckLines(lines), Fault::kRecordMissing, n);
    lines = lines_;
    lines.insert(lines.begin() + static_cast<long>(k), lines_[k]);
    ExpectBad(log_.CheckLines(lines), Fault::kOutOfOrder, n + 1);
  }
}

TEST_F(Tampering, P64_ACutTailIsNoticedAgainstACheckpoint) {
  for (size_t left = 1; left < lines_.size(); ++left) {
    const std::vector<std::string> lines(lines_.begin(), lines_.begin() + static_cast<long>(left));
    const auto alone = log_.CheckLines(lines);
    ASSERT_TRUE(alone.ok() && !alone->first_bad);  // nothing but a checkpoint shows it
    ExpectBad(log_.CheckLines(lines, &evidence_), Fault::kCut, static_cast<int64_t>(left));
  }
  // In the middle of a line as well.
  const std::string text = log_.Text();
  for (size_t size = text.size() - lines_.back().size(); size < text.size(); ++size) {
    ExpectBad(log_.Check(text.substr(0, size), &evidence_), Fault::kCut, 2 * kRequests);
  }
}

TEST_F(Tampering, P64_TwoLogsJoinedForkedOrExchangedAreNoticed) {
  TestLog other;
  other.AddRequests(kRequests);
  const auto others = other.Lines();
  auto joined = lines_;
  joined.insert(joined.end(), others.begin(), others.end());
  ExpectBad(log_.CheckLines(joined), Fault::kSecondLog, 2 * kRequests + 1);
  joined = lines_;
  joined.insert(joined.end(), others.begin() + 1, others.end());
  ExpectBad(log_.CheckLines(joined), Fault::kOutOfOrder, 2 * kRequests + 1);
  // The same first records, then another history, of the other log or of the same one.
  std::vector<std::string> forked(lines_.begin(), lines_.begin() + 5);
  forked.insert(forked.end(), others.begin() + 5, others.end());
  ExpectBad(log_.CheckLines(forked), Fault::kChainBroken, 5);
  // The other's records under this header, and the other log for this one.
  forked = others;
  forked[0] = lines_[0];
  ExpectBad(log_.CheckLines(forked), Fault::kChainBroken, 1);
  ExpectBad(log_.CheckLines(others, &evidence_), Fault::kCheckpointOfOther, 2 * kRequests);
}

TEST_F(Tampering, P64_ACheckpointThatSomebodyElseSignedOrChangedCountsForNothing) {
  const auto other = CheckpointKey::OpenOrMake(log_.folder().path() + "/other.pem");
  ASSERT_TRUE(other.ok());
  const Head head = log_.writer().head();
  Evidence forged{{*(*other)->Sign(head.log_id, head.n, head.link, absl::UnixEpoch())},
                  log_.PublicKey()};
  ExpectBad(log_.CheckLines(lines_, &forged), Fault::kCheckpointSignature, 2 * kRequests);
  // Every changed byte of one makes it unreadable or its signature void.
  const std::string text = log_.Now().text;
  for (size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const auto read = ReadCheckpoint(changed);
    EXPECT_FALSE(read.ok() && HoldsUnder(forged.public_key.get(), *read)) << at;
  }
}

TEST_F(Tampering, P64_RandomDamageIsNoticed) {
  std::mt19937 random(20260101);
  const std::string text = log_.Text();
  const auto below = [&](size_t limit) { return random() % limit; };
  for (int round = 0; round < 3000; ++round) {
    std::string changed = text;
    for (size_t edits = 1 + below(3); edits > 0; --edits) {
      const size_t at = below(changed.size());
      switch (below(4)) {
        case 0:
          changed[at] = static_cast<char>(below(256));
          break;
        case 1:
          changed.erase(at, 1 + below(200));
          break;
        case 2:
          changed.insert(at, text.substr(below(text.size()), 1 + below(200)));
          break;
        default:
          changed.resize(at + 1);
      }
    }
    if (changed == text) continue;
    const auto state = log_.Check(changed, &evidence_);
    // What stands whole before the damage may only grow by a last line that has no end.
    const bool noticed = !state.ok() || state->first_bad || state->unfinished > 0;
    ASSERT_TRUE(noticed) << "round " << round;
  }
}

}  // namespace
}  // namespace sceau::audit
