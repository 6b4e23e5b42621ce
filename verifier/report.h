// The verdict on a file: what the command, the service and the reports show.
//
// Names and values are those of the command's JSON (report_json.h) and stable; indication and
// sub-indication are those of ETSI EN 319 102-1 §5.1.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/lang.h"
#include "schemas/finding.h"
#include "schemas/pes.h"
#include "verifier/signature_list.h"

namespace sceau::verifier {

enum class Verdict {
  kTotalPassed,
  kIncomplete,
  kIndeterminate,
  kTotalFailed,
  kNoSignature,
  kRefused,
};
enum class UnsignedWhy { kMissing, kNotDematerialised };

std::string_view NameOf(Verdict verdict);
std::string_view NameOf(UnsignedWhy why);

struct UnsignedElement {
  schemas::Scope scope = schemas::Scope::kBordereau;
  std::string of;
  UnsignedWhy why = UnsignedWhy::kMissing;
};

struct FileReport {
  std::string file;  // as the caller names it
  std::string sha256;
  schemas::Kind kind = schemas::Kind::kOther;
  Verdict verdict = Verdict::kRefused;
  absl::Time validation_time;
  SignatureList signatures;  // in document order
  std::vector<UnsignedElement> unsigned_elements;
  std::vector<std::string> not_covered;  // paths
  std::vector<schemas::Finding> findings;
  // Of the documents in its attachments that carry signatures or a seal. Their verdicts are their
  // own: they do not change this one.
  std::vector<FileReport> attachments;
  std::string attachment_id;  // IdUnique, of a report in `attachments`
  // For kRefused: why the file could not be judged.
  Status refusal;
};

// What follows from the signatures and what is unsigned.
Verdict VerdictOf(const FileReport& report);
// The exit code of the command for one file: 0, 1, 2, 3 or 65.
int ExitCodeOf(const FileReport& report);
// Of the codes of two files the one that stands for both: the first in the order 65, 1, 3, 2, 0.
int CombinedExitCode(int one, int other);

// The contract's JSON for several files: {"reportVersion": 1, "files": [...]}, final newline.
std::string ToJson(const std::vector<FileReport>& reports, Lang lang);

}  // namespace sceau::verifier
