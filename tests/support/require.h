// Preparations of a test that must not fail: they end the program with the reason.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace sceau::test {

inline void Require(bool condition, const std::string& what) {
  if (condition) return;
  std::fprintf(stderr, "test preparation failed: %s\n", what.c_str());
  std::abort();
}

}  // namespace sceau::test
