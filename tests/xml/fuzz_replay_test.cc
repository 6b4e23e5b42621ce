// The seeds of fuzz/canonical_fuzz.cc, without a fuzzer.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/xml/comparison.h"

namespace sceau::test {
namespace {

TEST(FuzzReplay, TheSeedsOfTheCanonicalTargetHoldNoFault) {
  int seeds = 0;
  const std::string folder = std::string(SCEAU_SOURCE_DIR) + "/fuzz/corpus/canonical";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string document{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(FaultOf(CompareWithLibxml2(document, document.size(), 3)), "") << entry.path();
    ++seeds;
  }
  EXPECT_GT(seeds, 40);
}

}  // namespace
}  // namespace sceau::test
