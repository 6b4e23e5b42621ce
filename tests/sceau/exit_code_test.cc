#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "verifier/report.h"

namespace sceau::verifier {
namespace {

FileReport With(Verdict verdict, std::vector<Indication> signatures,
                std::vector<UnsignedWhy> unsigned_elements = {}) {
  FileReport report;
  report.verdict = verdict;
  for (Indication indication : signatures) {
    SignatureReport signature;
    signature.indication = indication;
    report.signatures.push_back(signature);
  }
  for (UnsignedWhy why : unsigned_elements) report.unsigned_elements.emplace_back().why = why;
  return report;
}

constexpr Indication kPassed = Indication::kTotalPassed;
constexpr Indication kFailed = Indication::kTotalFailed;
constexpr Indication kUndecided = Indication::kIndeterminate;
constexpr UnsignedWhy kMissing = UnsignedWhy::kMissing;
constexpr UnsignedWhy kPaper = UnsignedWhy::kNotDematerialised;

TEST(ExitCode, FollowsTheTableOfTheContract) {
  struct Row {
    FileReport report;
    int code;
  };
  const Row rows[] = {
      {With(Verdict::kTotalPassed, {kPassed}), 0},
      {With(Verdict::kTotalPassed, {kPassed, kPassed}, {kPaper}), 0},
      {With(Verdict::kTotalFailed, {kPassed, kFailed}), 1},
      {With(Verdict::kTotalFailed, {kFailed, kUndecided}, {kMissing}), 1},
      {With(Verdict::kIndeterminate, {kUndecided}), 2},
      {With(Verdict::kIndeterminate, {kPassed, kUndecided}, {kPaper}), 2},
      {With(Verdict::kIndeterminate, {kUndecided}, {kMissing}), 3},
      {With(Verdict::kIncomplete, {kPassed}, {kMissing}), 3},
      {With(Verdict::kNoSignature, {}), 3},
      {With(Verdict::kNoSignature, {}, {kPaper}), 3},
      {With(Verdict::kRefused, {}), 65},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(ExitCodeOf(row.report), row.code) << NameOf(row.report.verdict);
  }
}

TEST(ExitCode, NoVerdictHidesAWorseSignature) {
  EXPECT_EQ(ExitCodeOf(With(Verdict::kTotalPassed, {kPassed, kFailed})), 1);
  EXPECT_EQ(ExitCodeOf(With(Verdict::kTotalPassed, {kPassed, kUndecided})), 2);
  EXPECT_EQ(ExitCodeOf(With(Verdict::kTotalPassed, {kPassed}, {kMissing})), 3);
  EXPECT_EQ(ExitCodeOf(With(Verdict::kTotalPassed, {})), 3);
}

TEST(ExitCode, OverSeveralFilesTheFirstOfTheOrderWinsWhereverItStands) {
  const FileReport passed = With(Verdict::kTotalPassed, {kPassed});
  const FileReport undecided = With(Verdict::kIndeterminate, {kUndecided});
  const FileReport bare = With(Verdict::kNoSignature, {});
  const FileReport failed = With(Verdict::kTotalFailed, {kFailed});
  const FileReport refused = With(Verdict::kRefused, {});
  const struct {
    std::vector<FileReport> reports;
    int code;
  } rows[] = {{{passed}, 0},
              {{passed, passed}, 0},
              {{passed, undecided}, 2},
              {{passed, undecided, bare}, 3},
              {{passed, undecided, bare, failed}, 1},
              {{passed, undecided, bare, failed, refused}, 65}};
  const auto combined = [](const std::vector<FileReport>& reports) {
    int code = 0;
    for (const FileReport& it : reports) code = CombinedExitCode(code, ExitCodeOf(it));
    return code;
  };
  for (const auto& row : rows) {
    std::vector<FileReport> reports = row.reports;
    EXPECT_EQ(combined(reports), row.code);
    std::reverse(reports.begin(), reports.end());
    EXPECT_EQ(combined(reports), row.code);
  }
}

}  // namespace
}  // namespace sceau::verifier
