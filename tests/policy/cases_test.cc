// Who may sign what: the cases of tests/policy/cases, one test each, answer and complete reasons.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_join.h"
#include "policy/decide.h"
#include "tests/policy/case_file.h"

namespace sceau::policy {
namespace {

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = ReadCases(SCEAU_POLICY_CASES);
  return cases;
}

class DecisionCase : public testing::TestWithParam<size_t> {};

TEST_P(DecisionCase, AnswersAsExpectedForTheReasonsExpected) {
  const Case& it = Cases()[GetParam()];
  SCOPED_TRACE(it.name);
  const Decision decision =
      Decide(it.signer, *it.facts, it.document, it.element, it.at, it.known_at);
  EXPECT_EQ(NameOf(decision.answer), it.answer);
  EXPECT_EQ(ReasonsOf(decision), it.reasons)
      << "\nreasons = [\"" << absl::StrJoin(ReasonsOf(decision), "\", \"") << "\"]";
  EXPECT_EQ(decision.role, it.role);
}

std::string NameOfCase(const testing::TestParamInfo<size_t>& info) {
  std::string name;
  for (const char c : Cases()[info.param].name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      name += c;
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Policy, DecisionCase, testing::Range(size_t{0}, Cases().size()),
                         NameOfCase);

TEST(DecisionCases, AreAtLeast120AndAllDifferent) {
  EXPECT_GE(Cases().size(), 120u);
  std::set<std::string> names;
  for (const Case& each : Cases()) EXPECT_TRUE(names.insert(each.name).second) << each.name;
}

TEST(DecisionCases, ReachEveryCode) {
  std::set<std::string> seen;
  for (const Case& each : Cases()) {
    for (const std::string& reason : each.reasons) seen.insert(reason.substr(0, reason.find(' ')));
  }
  for (int code = 0; code <= static_cast<int>(Code::kActUnverified); ++code) {
    const std::string name(NameOf(static_cast<Code>(code)));
    EXPECT_TRUE(seen.contains(name)) << name;
  }
}

}  // namespace
}  // namespace sceau::policy
