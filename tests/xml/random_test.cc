#include <gtest/gtest.h>

#include "tests/xml/comparison.h"
#include "tests/xml/random_document.h"

namespace sceau::test {
namespace {

void CompareSeeds(uint64_t first, uint64_t end) {
  int64_t forms = 0;
  for (uint64_t seed = first; seed < end; ++seed) {
    const std::string document = RandomDocument(seed);
    const Comparison comparison = CompareWithLibxml2(document, seed, 3);
    ASSERT_EQ(comparison.verdict, Comparison::Verdict::kEqual)
        << "seed " << seed << ": " << comparison.detail << comparison.refusal << "\n"
        << document;
    forms += comparison.forms;
  }
  std::printf("%lu documents, %ld canonical forms equal to libxml2's\n",
              static_cast<unsigned long>(end - first), static_cast<long>(forms));
}

#ifdef SCEAU_LONG
TEST(RandomLong, FormsOfAHundredThousandDocumentsEqualLibxml2) { CompareSeeds(3'000, 103'000); }
#else
TEST(Random, FormsOfThreeThousandDocumentsEqualLibxml2) { CompareSeeds(0, 3'000); }

TEST(Random, TheSameSeedGivesTheSameBytes) {
  EXPECT_EQ(RandomDocument(7), RandomDocument(7));
  EXPECT_NE(RandomDocument(7), RandomDocument(8));
}
#endif

}  // namespace
}  // namespace sceau::test
