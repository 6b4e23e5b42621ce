// The writer: durable or refused, whole again after a crash, several threads at once.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "tests/audit/log.h"

namespace sceau::audit {
namespace {

// As a full disk: no file of this process grows beyond so many bytes.
class FullDisk {
 public:
  explicit FullDisk(size_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

Fields Intent(const std::string& request) {
  return {{"kind", "INTENT"}, {"request", request}, {"time", "2026-01-01T00:00:00Z"}};
}

TEST(LogWriterTest, WhatItWritesIsReadByAnotherOpening) {
  TestLog log;
  log.AddRequests(3);
  const Head before = log.writer().head();
  EXPECT_EQ(before.n, 6);
  struct stat file = {};
  ASSERT_EQ(::stat(log.path().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
  const LogWriter::Opened opened = log.Open();
  EXPECT_FALSE(opened.made);
  EXPECT_EQ(opened.dropped, "");
  EXPECT_EQ(log.writer().head().link, before.link);
  log.AddRequests(1);
  const auto state = log.Check(log.Text());
  ASSERT_TRUE(state.ok());
  EXPECT_FALSE(state->first_bad);
  EXPECT_EQ(state->records, 8);
}

TEST(LogWriterTest, ALogIsWrittenByOneAtATime) {
  TestLog log;
  LogWriter::Opened opened;
  const auto second = LogWriter::Open(log.path(), {}, opened);
  EXPECT_EQ(ReasonOf(second.status()), Reason::kAuditUnavailable);
}

TEST(LogWriterTest, P64_AnAppendCutShortIsTakenAwayAndNothingElseIs) {
  TestLog log;
  log.AddRequests(2);
  const std::string whole = log.Text();
  log.Add("INTENT", "last");
  const std::string longer = log.Text();
  log.Close();
  for (size_t size = whole.size(); size < longer.size(); ++size) {
    std::ofstream(log.path(), std::ios::binary) << longer.substr(0, size);
    const LogWriter::Opened opened = log.Open();
    EXPECT_EQ(opened.dropped, longer.substr(whole.size(), size - whole.size()));
    EXPECT_EQ(log.Text(), whole);
    log.Close();
  }
  // Anything else at the end is not an append of ours: it stays, and nothing is written.
  for (const std::string& tail : {std::string("x"), std::string(100, '\0'), whole.substr(0, 20)}) {
    std::ofstream(log.path(), std::ios::binary) << whole + tail;
    LogWriter::Opened opened;
    const auto writer = LogWriter::Open(log.path(), {}, opened);
    EXPECT_EQ(ReasonOf(writer.status()), Reason::kAuditInvalid);
    EXPECT_EQ(log.Text(), whole + tail);
  }
}

TEST(LogWriterTest, P64_ALogThatDoesNotHoldIsNotContinued) {
  TestLog log;
  log.AddRequests(2);
  const Evidence evidence{{log.Now()}, log.PublicKey()};
  const auto lines = log.Lines();
  log.Close();
  LogWriter::Opened opened;
  std::ofstream(log.path(), std::ios::binary) << lines[0] << "\n" << lines[1] << "\n";
  auto writer = LogWriter::Open(log.path(), evidence, opened);  // cut
  EXPECT_EQ(ReasonOf(writer.status()), Reason::kAuditInvalid);
  std::filesystem::remove(log.path());
  writer = LogWriter::Open(log.path(), evidence, opened);  // gone
  EXPECT_EQ(ReasonOf(writer.status()), Reason::kAuditInvalid);
  EXPECT_FALSE(std::filesystem::exists(log.path()));
}

TEST(LogWriterTest, P64_AFullDiskRefusesAndTheLogGoesOnOnceThereIsRoom) {
  TestLog log;
  log.AddRequests(2);
  const std::string before = log.Text();
  for (size_t room = 0; room < 60; room += 7) {
    const FullDisk full(before.size() + room);
    EXPECT_EQ(ReasonOf(log.writer().Append(Intent("refused")).status()), Reason::kAuditUnavailable);
    EXPECT_EQ(log.Text(), before);
    EXPECT_EQ(log.writer().head().n, 4);
  }
  log.AddRequests(1);
  const auto state = log.Check(log.Text());
  ASSERT_TRUE(state.ok());
  EXPECT_FALSE(state->first_bad);
  EXPECT_EQ(state->records, 6);
  EXPECT_EQ(log.Text().find("refused"), std::string::npos);
}

TEST(LogWriterTest, P64_AFileThatIsGoneReplacedOrCutIsNotWritten) {
  TestLog log;
  log.AddRequests(1);
  const std::string moved = log.path() + ".moved";
  std::filesystem::rename(log.path(), moved);
  EXPECT_EQ(ReasonOf(log.writer().Append(Intent("a")).status()), Reason::kAuditUnavailable);
  EXPECT_FALSE(log.writer().Check().ok());
  std::ofstream(log.path()) << "another";
  EXPECT_EQ(ReasonOf(log.writer().Append(Intent("a")).status()), Reason::kAuditUnavailable);
  std::filesystem::rename(moved, log.path());
  EXPECT_TRUE(log.writer().Check().ok());
  log.AddRequests(1);
  std::filesystem::resize_file(log.path(), log.Text().size() - 1);
  EXPECT_EQ(ReasonOf(log.writer().Append(Intent("a")).status()), Reason::kAuditUnavailable);
}

TEST(LogWriterTest, ManyThreadsEachFindTheirRecordsInOneChain) {
  constexpr int kThreads = 8, kEach = 50;
  TestLog log;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&log, t] {
      for (int i = 0; i < kEach; ++i) {
        const auto head = log.writer().Append(Intent(Concat("r", t, "-", i)));
        // Durable when it returns, under the number it got.
        ASSERT_TRUE(head.ok()) << head.status();
        ASSERT_GE(log.writer().head().n, head->n);
      }
    });
  }
  for (std::thread& it : threads) it.join();
  const auto state = log.Check(log.Text());
  ASSERT_TRUE(state.ok());
  EXPECT_FALSE(state->first_bad);
  EXPECT_EQ(state->records, kThreads * kEach);
  std::set<std::string> requests;
  for (const OpenIntent& it : state->open) requests.insert(it.request);
  EXPECT_EQ(requests.size(), static_cast<size_t>(kThreads * kEach));
  EXPECT_LE(log.writer().syncs(), kThreads * kEach);
  RecordProperty("syncs", static_cast<int>(log.writer().syncs()));
}

TEST(LogWriterTest, P64_ManyThreadsOnAFullDiskLeaveNoRecordThatWasRefused) {
  TestLog log;
  log.AddRequests(2);
  std::mutex mutex;
  std::set<std::string> acknowledged;
  {
    const FullDisk full(log.Text().size() + 4000);
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 20; ++i) {
          const std::string request = Concat("r", t, "-", i);
          if (!log.writer().Append(Intent(request)).ok()) continue;
          const std::lock_guard lock(mutex);
          acknowledged.insert(request);
        }
      });
    }
    for (std::thread& it : threads) it.join();
  }
  EXPECT_LT(acknowledged.size(), 8U * 20);
  const auto state = log.Check(log.Text());
  ASSERT_TRUE(state.ok());
  EXPECT_FALSE(state->first_bad);
  std::set<std::string> in_log;
  for (const OpenIntent& it : state->open) in_log.insert(it.request);
  EXPECT_EQ(in_log, acknowledged);
}

TEST(LogWriterTest, AnIntentWithoutAnEndIsTold) {
  TestLog log;
  log.Add("INTENT", "done");
  log.Add("INTENT", "left");
  log.Add("INTENT", "failed");
  log.Add("FAILED", "failed");
  log.Add("DONE", "done");
  const LogWriter::Opened opened = log.Open();
  ASSERT_EQ(opened.open.size(), 1U);
  EXPECT_EQ(opened.open[0].request, "left");
  EXPECT_EQ(opened.open[0].n, 2);
}

TEST(LogWriterTest, TheKeyIsMadeOnceForItsOwnerAlone) {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() + "/key.pem";
  const auto first = CheckpointKey::OpenOrMake(path);
  ASSERT_TRUE(first.ok());
  struct stat file = {};
  ASSERT_EQ(::stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
  const auto second = CheckpointKey::OpenOrMake(path);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ((*first)->PublicPem(), (*second)->PublicPem());
  const auto broken = CheckpointKey::OpenOrMake(folder.Write("broken.pem", "no key"));
  EXPECT_EQ(ReasonOf(broken.status()), Reason::kAuditInvalid);
}

}  // namespace
}  // namespace sceau::audit
