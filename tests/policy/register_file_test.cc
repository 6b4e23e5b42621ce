// The register's file: what was acknowledged is there, what cannot be read refuses all.
#include "policy/register_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/strings.h"
#include "policy/record_json.h"
#include "tests/support/temporary_folder.h"

namespace sceau::policy {
namespace {

using test::TemporaryFolder;

class RegisterFileTest : public testing::Test {
 protected:
  static Record Person(const std::string& id) {
    return {id, absl::InfinitePast(), absl::InfiniteFuture(), absl::UnixEpoch(),
            policy::Person{id}};
  }
  static Record Revoke(const std::string& id) {
    return {"revocation-" + id, absl::UnixEpoch(), absl::InfiniteFuture(), absl::UnixEpoch(),
            Revocation{id, ""}};
  }
  Status Add(const std::vector<Record>& records) {
    return AppendToRegisterFile(path_, records).status();
  }
  std::string Text() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }
  void Write(std::string_view text) { std::ofstream(path_) << text; }
  size_t Count() const {
    const auto read = ReadRegisterFile(path_);
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? (*read)->records().size() : 0;
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.path() + "/register.jsonl";
};

TEST_F(RegisterFileTest, WhatIsAddedIsReadAgainInItsOrder) {
  ASSERT_TRUE(Add({Person("a"), Person("b")}).ok());
  ASSERT_TRUE(Add({Revoke("a")}).ok());
  const auto read = ReadRegisterFile(path_);
  ASSERT_TRUE(read.ok());
  ASSERT_EQ((*read)->records().size(), 3u);
  EXPECT_EQ((*read)->records()[2].id, "revocation-a");
}

TEST_F(RegisterFileTest, IsForItsOwnerAlone) {
  ASSERT_TRUE(Add({Person("a")}).ok());
  EXPECT_EQ(std::filesystem::status(path_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(RegisterFileTest, ARegisterThatIsNotThereIsUnavailableNotEmpty) {
  EXPECT_EQ(ReasonOf(ReadRegisterFile(path_).status()), Reason::kCompetenceUnavailable);
}

TEST_F(RegisterFileTest, WritesNothingOfWhatTheRegisterRefuses) {
  ASSERT_TRUE(Add({Person("a")}).ok());
  const std::string before = Text();
  EXPECT_EQ(ReasonOf(Add({Person("b"), Person("a")})), Reason::kDelegationInvalid);
  EXPECT_EQ(ReasonOf(Add({Revoke("nobody")})), Reason::kDelegationInvalid);
  EXPECT_EQ(Text(), before);
}

TEST_F(RegisterFileTest, ALineCutShortByACrashGoesWithTheNextRecord) {
  ASSERT_TRUE(Add({Person("a")}).ok());
  const std::string whole = Text();
  for (size_t cut = 1; cut < 40; ++cut) {
    Write(whole + WriteRecordLine(Person("b")).substr(0, cut));
    EXPECT_EQ(Count(), 1u);
    ASSERT_TRUE(Add({Person("c")}).ok());
    EXPECT_EQ(Text(), whole + WriteRecordLine(Person("c")) + "\n");
  }
}

TEST_F(RegisterFileTest, AnyOtherLineThatCannotBeReadRefusesAll) {
  ASSERT_TRUE(Add({Person("a")}).ok());
  const std::string whole = Text();
  for (const std::string& bad : {whole + "{}\n", whole + "\n", "x\n" + whole}) {
    Write(bad);
    const auto read = ReadRegisterFile(path_);
    EXPECT_EQ(ReasonOf(read.status()), Reason::kDelegationInvalid);
    EXPECT_EQ(PlaceOf(read.status()).line, bad[0] == 'x' ? 1 : 2);
    EXPECT_FALSE(Add({Person("c")}).ok());
    EXPECT_EQ(Text(), bad);
  }
}

TEST_F(RegisterFileTest, TwoWhoAppendAtTheSameTimeTakeTurns) {
  const auto add = [&](char name) {
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(Add({Person(Concat(std::string(1, name), i))}).ok());
  };
  std::thread first(add, 'a'), second(add, 'b');
  first.join();
  second.join();
  EXPECT_EQ(Count(), 40u);
}

}  // namespace
}  // namespace sceau::policy
