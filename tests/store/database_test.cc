#include "store/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/file.h"
#include "store/private_folder.h"
#include "tests/support/temporary_folder.h"

namespace sceau::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kFirst[] = {"CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c BLOB)"};
constexpr const char* kSecond[] = {kFirst[0], "ALTER TABLE t ADD COLUMN d INTEGER DEFAULT 7"};
constexpr const char* kBroken[] = {kFirst[0], "ALTER TABLE t ADD COLUMN d INTEGER",
                                   "ALTER TABLE missing ADD COLUMN e INTEGER"};

class DatabaseTest : public ::testing::Test {
 protected:
  std::unique_ptr<Database> Opened(std::span<const char* const> migrations) {
    auto opened = Database::Open(path_, migrations);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? *std::move(opened) : nullptr;
  }
  static int64_t Count(Database& database) {
    const auto rows = database.Run("SELECT count(*) FROM t");
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? rows->front().Number(0) : -1;
  }

  test::TemporaryFolder folder_;
  std::string path_ = folder_.path() + "/a.db";
};

TEST_F(DatabaseTest, KeepsWhatWasWritten) {
  const std::string bytes("\0\xff binary", 9);
  ASSERT_TRUE(Opened(kFirst)
                  ->Run("INSERT INTO t VALUES (?1, ?2, ?3)", {int64_t{3}, "é", Blob{bytes}})
                  .ok());
  const auto rows = Opened(kFirst)->Run("SELECT a, b, c FROM t WHERE b = ?1", {"é"});
  ASSERT_TRUE(rows.ok() && rows->size() == 1) << rows.status();
  EXPECT_EQ(rows->front().Number(0), 3);
  EXPECT_EQ(rows->front().Text(1), "é");
  EXPECT_EQ(rows->front().Bytes(2), bytes);
}

TEST_F(DatabaseTest, AnOlderFileIsBroughtToTheNewestVersion) {
  ASSERT_TRUE(Opened(kFirst)->Run("INSERT INTO t (a) VALUES (1)").ok());
  const auto rows = Opened(kSecond)->Run("SELECT d FROM t");
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->front().Number(0), 7);
}

TEST_F(DatabaseTest, AMigrationThatFailsChangesNothing) {
  ASSERT_TRUE(Opened(kFirst)->Run("INSERT INTO t (a) VALUES (1)").ok());
  EXPECT_EQ(ReasonOf(Database::Open(path_, kBroken).status()), Reason::kStoreUnusable);
  EXPECT_FALSE(Opened(kFirst)->Run("SELECT d FROM t").ok());
}

TEST_F(DatabaseTest, ANewerFileIsRefused) {
  Opened(kSecond);
  EXPECT_EQ(ReasonOf(Database::Open(path_, kFirst).status()), Reason::kStoreVersion);
}

TEST_F(DatabaseTest, ADamagedFileIsRefused) {
  folder_.Write("a.db", std::string(8192, 'x'));
  EXPECT_EQ(ReasonOf(Database::Open(path_, kFirst).status()), Reason::kStoreUnusable);
}

TEST_F(DatabaseTest, DamageInsideIsFoundByTheCheck) {
  {
    const auto database = Opened(kFirst);
    for (int64_t i = 0; i < 200; ++i) {
      ASSERT_TRUE(
          database->Run("INSERT INTO t VALUES (?1, ?2, NULL)", {i, std::string(100, 'a')}).ok());
    }
    EXPECT_TRUE(database->Check().ok());
  }
  std::string bytes = *ReadSmallFile(path_);
  ASSERT_GT(bytes.size(), 3 * 4096U);
  std::fill(bytes.begin() + 2 * 4096, bytes.begin() + 2 * 4096 + 64, '\xff');
  folder_.Write("a.db", bytes);
  const auto damaged = Database::OpenToRead(path_);
  ASSERT_TRUE(damaged.ok()) << damaged.status();
  EXPECT_EQ(ReasonOf((*damaged)->Check()), Reason::kStoreUnusable);
}

TEST_F(DatabaseTest, ACopyIsWholeWhileOthersWrite) {
  const auto database = Opened(kFirst);
  std::atomic<bool> enough{false};
  std::thread writer([&] {
    for (int64_t i = 0; !enough; ++i) {
      EXPECT_TRUE(database->Run("INSERT INTO t VALUES (?1, ?2, NULL)", {i, "row"}).ok());
    }
  });
  while (Count(*database) < 20) std::this_thread::yield();
  // As another process does.
  const auto reader = Database::OpenToRead(path_);
  const Status copied =
      reader.ok() ? (*reader)->CopyTo(folder_.path() + "/copy.db") : reader.status();
  enough = true;
  writer.join();
  ASSERT_TRUE(copied.ok()) << copied;
  const auto copy = Database::OpenToRead(folder_.path() + "/copy.db");
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_TRUE((*copy)->Check().ok());
  const int64_t rows = Count(**copy);
  EXPECT_GE(rows, 20);
  EXPECT_LE(rows, Count(*database));
}

TEST_F(DatabaseTest, AFaultNamesFileAndCause) {
  const auto failed = Opened(kFirst)->Run("INSERT INTO missing VALUES (1)");
  EXPECT_EQ(ReasonOf(failed.status()), Reason::kStoreUnusable);
  EXPECT_THAT(DetailOf(failed.status()), HasSubstr("a.db"));
  EXPECT_THAT(DetailOf(failed.status()), HasSubstr("no such table"));
}

TEST(PrivateFolderTest, BelongsToOneProcessAndSweepsWhatNobodyKnows) {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() + "/a/b";
  {
    const auto first = PrivateFolder::Open(path);
    ASSERT_TRUE(first.ok()) << first.status();
    EXPECT_EQ(ReasonOf(PrivateFolder::Open(path).status()), Reason::kStoreUnusable);
    auto file = first->Create("known");
    ASSERT_TRUE(file.ok() && file->Append("text").ok());
    EXPECT_FALSE(first->Read("known", 4).ok());  // no name yet
    ASSERT_TRUE(first->Keep("known", *file).ok());
    EXPECT_TRUE(first->Read("known", 4).ok());
    EXPECT_EQ(ReasonOf(first->Read("known", 3).status()), Reason::kStoreUnusable);
    folder.Write("a/b/unknown", "");
    EXPECT_THAT(*first->Sweep({"known"}), ElementsAre("unknown"));
    EXPECT_TRUE(first->Read("known", 4).ok());
  }
  EXPECT_TRUE(PrivateFolder::Open(path).ok());
}

}  // namespace
}  // namespace sceau::store
