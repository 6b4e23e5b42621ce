// Other people's files, for testing only, beside the project or at $SCEAU_SHARED. A test that needs
// them skips, saying so, where they are absent.
#pragma once

#include <filesystem>
#include <string>

namespace sceau::test {

std::string SharedFolder();

}  // namespace sceau::test

#define SCEAU_REQUIRE_SHARED(part)                                                   \
  if (!std::filesystem::exists(::sceau::test::SharedFolder() + "/" + (part))) {      \
    GTEST_SKIP() << "nothing at " << ::sceau::test::SharedFolder() << "/" << (part); \
  }
