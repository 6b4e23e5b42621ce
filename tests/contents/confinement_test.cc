// What the program that reads unknown contents can no longer do.
#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace sceau::contents {
namespace {

class Confinement : public testing::TestWithParam<const char*> {};

TEST_P(Confinement, Holds) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizers need what is taken away here";
#endif
  EXPECT_EQ(test::RunProcess({SCEAU_TEST_CHILD, GetParam()}, "x").exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(Of, Confinement,
                         testing::Values("open", "write", "socket", "unix", "fork", "exec", "code",
                                         "memory", "kill", "read"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace sceau::contents
