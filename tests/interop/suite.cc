#include "tests/interop/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

namespace sceau::test {

void Suite::Add(const std::string& id, bool valid, bool accepted) {
  ++cases_;
  if (accepted && !valid) false_accepts_.push_back(id);
  if (!accepted && valid) false_rejections_.push_back(id);
}

void Suite::ExpectDifferences(const std::vector<KnownDifference>& known) const {
  std::printf("%s: %d cases, %zu false accepts, %zu false rejections\n", name_.c_str(), cases_,
              false_accepts_.size(), false_rejections_.size());
  EXPECT_GT(cases_, 0) << name_;
  std::vector<std::string> expected;
  for (const KnownDifference& it : known) expected.push_back(it.id);
  std::vector<std::string> found = false_accepts_;
  found.insert(found.end(), false_rejections_.begin(), false_rejections_.end());
  for (const std::string& id : found) {
    const bool listed = std::find(expected.begin(), expected.end(), id) != expected.end();
    const bool accepted =
        std::find(false_accepts_.begin(), false_accepts_.end(), id) != false_accepts_.end();
    EXPECT_TRUE(listed) << name_ << (accepted ? ": wrongly accepted: " : ": wrongly refused: ")
                        << id;
  }
  for (const std::string& id : expected) EXPECT_THAT(found, testing::Contains(id)) << name_;
}

}  // namespace sceau::test
