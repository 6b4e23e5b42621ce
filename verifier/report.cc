#include "verifier/report.h"

#include <algorithm>

namespace sceau::verifier {
namespace {

// Exit codes from the one that wins to the one that loses.
constexpr int kRefusedCode = 65;
constexpr int kFailedCode = 1;
constexpr int kUnsignedCode = 3;
constexpr int kIndeterminateCode = 2;
constexpr int kPassedCode = 0;
constexpr int kOrder[] = {kRefusedCode, kFailedCode, kUnsignedCode, kIndeterminateCode,
                          kPassedCode};

int Worst(int a, int b) {
  for (int code : kOrder) {
    if (a == code || b == code) return code;
  }
  return kRefusedCode;
}

int CodeOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kTotalPassed:
      return kPassedCode;
    case Verdict::kIncomplete:
    case Verdict::kNoSignature:
      return kUnsignedCode;
    case Verdict::kIndeterminate:
      return kIndeterminateCode;
    case Verdict::kTotalFailed:
      return kFailedCode;
    case Verdict::kRefused:
      return kRefusedCode;
  }
  return kRefusedCode;
}

int CodeOf(Indication indication) {
  switch (indication) {
    case Indication::kTotalPassed:
      return kPassedCode;
    case Indication::kIndeterminate:
      return kIndeterminateCode;
    case Indication::kTotalFailed:
      return kFailedCode;
  }
  return kFailedCode;
}

// The names of an enumeration's values, in their order.
template <typename Enum, size_t N>
std::string_view NameIn(const std::string_view (&names)[N], Enum value) {
  const auto index = static_cast<size_t>(value);
  return index < N ? names[index] : std::string_view("UNKNOWN");
}

constexpr std::string_view kVerdicts[] = {"TOTAL_PASSED", "INCOMPLETE",   "INDETERMINATE",
                                          "TOTAL_FAILED", "NO_SIGNATURE", "REFUSED"};
constexpr std::string_view kIntegrities[] = {"INTACT", "BROKEN", "UNCHECKED"};
constexpr std::string_view kIndications[] = {"TOTAL_PASSED", "TOTAL_FAILED", "INDETERMINATE"};
constexpr std::string_view kPolicyHashes[] = {"MATCHES", "DIFFERS", "ABSENT", "UNKNOWN"};
constexpr std::string_view kUnsignedWhys[] = {"MISSING", "NOT_DEMATERIALISED"};
constexpr std::string_view kCompetences[] = {"PERMITTED", "JUSTIFICATION_REQUIRED", "DENIED",
                                             "UNKNOWN_HERE"};

}  // namespace

std::string_view NameOf(Verdict verdict) { return NameIn(kVerdicts, verdict); }
std::string_view NameOf(Integrity integrity) { return NameIn(kIntegrities, integrity); }
std::string_view NameOf(Indication indication) { return NameIn(kIndications, indication); }
std::string_view NameOf(PolicyHash hash) { return NameIn(kPolicyHashes, hash); }
std::string_view NameOf(UnsignedWhy why) { return NameIn(kUnsignedWhys, why); }
std::string_view NameOf(Competence competence) { return NameIn(kCompetences, competence); }

Verdict VerdictOf(const FileReport& report) {
  const auto any = [&](Indication indication) {
    return std::any_of(report.signatures.begin(), report.signatures.end(),
                       [&](const auto& s) { return s.indication == indication; });
  };
  const bool missing = std::any_of(report.unsigned_elements.begin(), report.unsigned_elements.end(),
                                   [](const auto& u) { return u.why == UnsignedWhy::kMissing; });
  if (any(Indication::kTotalFailed)) return Verdict::kTotalFailed;
  if (report.signatures.empty()) return Verdict::kNoSignature;
  if (missing) return Verdict::kIncomplete;
  return any(Indication::kIndeterminate) ? Verdict::kIndeterminate : Verdict::kTotalPassed;
}

// The verdict says it; the parts are looked at again, so that no code is better than the worst of
// them (INDETERMINATE with something missing is 3, not 2).
int ExitCodeOf(const FileReport& report) {
  int code = CodeOf(report.verdict);
  if (code == kRefusedCode) return code;
  if (report.signatures.empty()) code = Worst(code, kUnsignedCode);
  for (const SignatureReport& signature : report.signatures) {
    code = Worst(code, CodeOf(signature.indication));
  }
  for (const UnsignedElement& element : report.unsigned_elements) {
    if (element.why == UnsignedWhy::kMissing) code = Worst(code, kUnsignedCode);
  }
  return code;
}

int CombinedExitCode(int one, int other) { return Worst(one, other); }

}  // namespace sceau::verifier
