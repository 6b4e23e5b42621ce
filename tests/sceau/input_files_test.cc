#include "tools/sceau/input_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/sceau/files.h"

namespace sceau::cli {
namespace {

using testing::ElementsAre;

TEST(InputFiles, FolderStandsForTheDocumentsInItByTheirContent) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(In(folder, "lots/2024"));
  const std::string named = folder.Write("named.txt", "anything");
  folder.Write("lots/b.xml", "\xEF\xBB\xBF<a/>");
  folder.Write("lots/2024/a", " \n<a/>");
  folder.Write("lots/c.bin", "%PDF-1.7");
  folder.Write("lots/notes.xml", "no XML, whatever its name says");
  std::filesystem::create_symlink(named, In(folder, "lots/link.xml"));
  std::filesystem::create_directory_symlink(folder.path(), In(folder, "lots/up"));
  const auto files = ExpandFolders({named, In(folder, "lots")});
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(files->files, ElementsAre(named, In(folder, "lots/2024/a"), In(folder, "lots/b.xml"),
                                        In(folder, "lots/c.bin")));
  EXPECT_EQ(files->left_out, 1u);
}

TEST(InputFiles, FolderWithoutDocumentsIsAnError) {
  const TemporaryFolder folder;
  folder.Write("notes.txt", "nothing");
  EXPECT_EQ(ReasonOf(ExpandFolders({folder.path()}).status()), Reason::kInputUnreadable);
  // What is not there is told by whoever opens it.
  EXPECT_THAT(ExpandFolders({"/no/such"})->files, ElementsAre("/no/such"));
}

}  // namespace
}  // namespace sceau::cli
