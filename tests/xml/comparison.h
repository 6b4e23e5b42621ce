// Our canonical forms of a document against libxml2's.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "base/status.h"
#include "tests/xml/forms.h"

namespace sceau::test {

struct Comparison {
  enum class Verdict {
    kEqual,
    kDiffer,
    kBothRefuse,
    kWeRefuse,    // libxml2 reads it and has a canonical form of it
    kTheyRefuse,  // we make a form that libxml2 does not
  };
  Verdict verdict = Verdict::kEqual;
  int forms = 0;       // compared
  Status refusal;      // ours
  std::string detail;  // which form differs and how, or what libxml2 says
};

// Compares the whole document and up to `max_apexes` of its elements (all when there are no more),
// by every method, with and without comments, with several prefix lists, half of them with a random
// part left out; of as many elements again, the form made from a fragment. `seed` decides what is
// left to chance.
Comparison CompareWithLibxml2(std::string_view document, uint64_t seed, int max_apexes);

// Whether libxml2 joins these xml:base values (outermost first) as c14n11 §2.4 wants. It departs
// from it, as canonical_test.cc shows case by case, where
//   - a value is empty, ends in "." or "..", or has a "." before its last character;
//   - a value has a query, a fragment, or a scheme without authority, or is no URI reference;
//   - more than one "../" meets relative paths.
// Where it departs, the comparison leaves the apex's xml:base out.
bool Libxml2JoinsAsTheStandard(const std::vector<std::string>& bases);

// A chance that is the same on every machine.
class Chance {
 public:
  explicit Chance(uint64_t seed) : engine_(seed) {}
  // From 0 to n - 1.
  int Below(int n) { return static_cast<int>(engine_() % static_cast<uint64_t>(n)); }
  bool OneIn(int n) { return Below(n) == 0; }
  template <typename Table>
  const auto& Of(const Table& table) {
    return table[static_cast<size_t>(Below(static_cast<int>(std::size(table))))];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace sceau::test
