#include "base/memory.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/support/temporary_folder.h"

namespace sceau {
namespace {

// In a process of its own, for it cannot be undone.
int CodeOf(int (*child)(const test::TemporaryFolder&), const test::TemporaryFolder& folder) {
  const pid_t pid = fork();
  if (pid == 0) _exit(child(folder));
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(KeepMemoryPrivate, LeavesNoCoreDumpAndNoWayInForOthers) {
  const test::TemporaryFolder folder;
  const auto child = [](const test::TemporaryFolder&) {
    KeepMemoryPrivate();
    rlimit limit{};
    getrlimit(RLIMIT_CORE, &limit);
    const bool dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0;
    return !dumpable && limit.rlim_cur == 0 && limit.rlim_max == 0 ? 0 : 1;
  };
  EXPECT_EQ(CodeOf(child, folder), 0);
}

// An unnamed file gets its name through /proc/self, which belongs to root from then on.
TEST(KeepMemoryPrivate, TheOutputStillGetsItsName) {
  const test::TemporaryFolder folder;
  const auto child = [](const test::TemporaryFolder& inside) {
    KeepMemoryPrivate();
    auto output = OutputFile::Create(inside.path() + "/out.xml", false);
    return output.ok() && output->Append("x").ok() && output->Publish().ok() ? 0 : 1;
  };
  EXPECT_EQ(CodeOf(child, folder), 0);
  const auto written = ReadSmallFile(folder.path() + "/out.xml");
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(*written, "x");
}

}  // namespace
}  // namespace sceau
