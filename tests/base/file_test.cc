#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "tests/support/temporary_folder.h"

namespace sceau {
namespace {

class FileTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  size_t Entries() const {
    return static_cast<size_t>(
        std::distance(std::filesystem::directory_iterator(folder_.path()), {}));
  }
  test::TemporaryFolder folder_;
};

TEST_F(FileTest, OutputHasNoNameBeforeItIsPublished) {
  {
    auto output = OutputFile::Create(Path("out"), false);
    ASSERT_TRUE(output.ok());
    ASSERT_TRUE(output->Append("half of it").ok());
    EXPECT_EQ(Entries(), 0u);
  }
  EXPECT_EQ(Entries(), 0u);
  auto output = OutputFile::Create(Path("out"), false);
  ASSERT_TRUE(output->Append("all of it").ok());
  ASSERT_TRUE(output->Publish().ok());
  EXPECT_EQ(*ReadSmallFile(Path("out")), "all of it");
  EXPECT_EQ(Entries(), 1u);
}

TEST_F(FileTest, AnExistingOutputIsOnlyReplacedByForce) {
  folder_.Write("out", "old");
  EXPECT_EQ(ReasonOf(OutputFile::Create(Path("out"), false).status()), Reason::kOutputExists);
  auto output = OutputFile::Create(Path("out"), true);
  ASSERT_TRUE(output->Append("new").ok());
  EXPECT_EQ(*ReadSmallFile(Path("out")), "old");
  ASSERT_TRUE(output->Publish().ok());
  EXPECT_EQ(*ReadSmallFile(Path("out")), "new");
  EXPECT_EQ(Entries(), 1u);
}

TEST_F(FileTest, AnOutputThatAppearsMeanwhileIsNotReplaced) {
  auto output = OutputFile::Create(Path("out"), false);
  ASSERT_TRUE(output->Append("ours").ok());
  folder_.Write("out", "theirs");
  EXPECT_EQ(ReasonOf(output->Publish()), Reason::kOutputExists);
  EXPECT_EQ(*ReadSmallFile(Path("out")), "theirs");
}

TEST_F(FileTest, AFolderThatIsNotThereIsRefused) {
  EXPECT_EQ(ReasonOf(OutputFile::Create(Path("no/out"), false).status()),
            Reason::kOutputUnwritable);
}

TEST_F(FileTest, APipeIsSpooledAndCanBeReadTwice) {
  const std::string pipe = Path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] {
    FILE* out = std::fopen(pipe.c_str(), "w");
    std::fputs("through a pipe", out);
    std::fclose(out);
  });
  auto input = InputFile::Open(pipe, 100);
  writer.join();
  ASSERT_TRUE(input.ok()) << input.status();
  EXPECT_EQ(*input->Slice(0, 7), "through");
  EXPECT_EQ(*input->Slice(0, 14), "through a pipe");
}

TEST_F(FileTest, WhatIsTooLargeIsRefusedFromFileAndPipe) {
  folder_.Write("in", std::string(101, 'x'));
  EXPECT_EQ(ReasonOf(InputFile::Open(Path("in"), 100).status()), Reason::kDocumentTooLarge);
  EXPECT_EQ(ReasonOf(InputFile::Open("/dev/zero", 100).status()), Reason::kDocumentTooLarge);
}

TEST_F(FileTest, WhatCannotBeReadIsRefused) {
  EXPECT_EQ(ReasonOf(InputFile::Open(Path("absent"), 100).status()), Reason::kInputUnreadable);
  EXPECT_EQ(ReasonOf(InputFile::Open(folder_.path(), 100).status()), Reason::kInputUnreadable);
}

TEST_F(FileTest, LongAndShortRunsKeepTheirOrder) {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += static_cast<char>('a' + i % 26);
  OutputFile output = OutputFile::Unnamed(folder_.path());
  ASSERT_TRUE(output.Append("<").ok());
  ASSERT_TRUE(output.Append(text).ok());
  ASSERT_TRUE(output.Append("|").ok());
  ASSERT_TRUE(output.Append(text).ok());
  ASSERT_TRUE(output.Append(">").ok());
  EXPECT_EQ(output.size(), 600'003);
  const auto written = output.Reread();
  EXPECT_EQ(*written->Slice(0, 600'003), "<" + text + "|" + text + ">");
}

// A reader in another thread gets every byte in order, however late it is written.
TEST_F(FileTest, AFileIsReadWhileItIsWritten) {
  OutputFile output = OutputFile::Unnamed(folder_.path());
  ASSERT_TRUE(output.Append("early ").ok());
  const auto following = output.Follow();
  ASSERT_TRUE(following.ok()) << following.status();
  std::string expected = "early ";
  std::string read;
  std::thread reader([&] {
    char buffer[7000];
    while (true) {
      const auto got =
          following->ReadAt(static_cast<int64_t>(read.size()), buffer, sizeof(buffer));
      ASSERT_TRUE(got.ok()) << got.status();
      if (*got == 0) return;
      read.append(buffer, *got);
    }
  });
  for (int i = 0; i < 2000; ++i) {
    const std::string more(static_cast<size_t>(i), static_cast<char>('a' + i % 26));
    expected += more;
    ASSERT_TRUE(output.Append(more).ok());
  }
  ASSERT_TRUE(output.Followed().ok());
  reader.join();
  EXPECT_EQ(read.size(), expected.size());
  EXPECT_TRUE(read == expected);
}

TEST_F(FileTest, WhoeverFollowsAFileThatIsGivenUpGetsAnError) {
  auto output = std::make_unique<OutputFile>(OutputFile::Unnamed(folder_.path()));
  const auto following = output->Follow();
  ASSERT_TRUE(following.ok()) << following.status();
  Status seen;
  std::thread reader([&] { seen = following->Slice(0, 10).status(); });
  output.reset();
  reader.join();
  EXPECT_EQ(ReasonOf(seen), Reason::kOutputUnwritable);
}

// A small unnamed file never meets its folder; a larger one must be made there.
TEST_F(FileTest, OnlyALargeUnnamedFileNeedsItsFolder) {
  const std::string absent = Path("absent");
  EXPECT_EQ(ReasonOf(OutputFile::CheckFolder(absent)), Reason::kOutputUnwritable);
  EXPECT_TRUE(OutputFile::CheckFolder(folder_.path()).ok());

  OutputFile small = OutputFile::Unnamed(absent);
  ASSERT_TRUE(small.Append(std::string(OutputFile::kSmall, 's')).ok());
  const auto written = small.Reread();
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(*written->Slice(OutputFile::kSmall - 1, 1), "s");

  OutputFile large = OutputFile::Unnamed(absent);
  ASSERT_TRUE(large.Append(std::string(OutputFile::kSmall + 1, 'l')).ok());
  EXPECT_EQ(ReasonOf(large.Reread().status()), Reason::kOutputUnwritable);
}

}  // namespace
}  // namespace sceau
