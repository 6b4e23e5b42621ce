// The verdict on a file: what the command, the service and the reports show.
//
// Names and values are the stable contract of the command (README, "JSON"); ETSI EN 319 102-1 gives
// indication and sub-indication.
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

namespace sceau::verifier {

enum class Verdict {
  kTotalPassed,
  kIncomplete,
  kIndeterminate,
  kTotalFailed,
  kNoSignature,
  kRefused,
};
enum class Integrity { kIntact, kBroken, kUnchecked };
enum class Indication { kTotalPassed, kTotalFailed, kIndeterminate };
enum class PolicyHash { kMatches, kDiffers, kAbsent, kUnknown };
enum class UnsignedWhy { kMissing, kNotDematerialised };
enum class Competence { kPermitted, kJustificationRequired, kDenied, kUnknownHere };

std::string_view NameOf(Verdict verdict);
std::string_view NameOf(Integrity integrity);
std::string_view NameOf(Indication indication);
std::string_view NameOf(PolicyHash hash);
std::string_view NameOf(UnsignedWhy why);
std::string_view NameOf(Competence competence);

// Why a signature has its verdict.
struct SignatureReason {
  std::string code;  // stable, e.g. "CHAIN_NOT_TRUSTED"
  schemas::Severity severity = schemas::Severity::kError;
  std::string detail;  // language-neutral
};
std::string Describe(const SignatureReason& reason, Lang lang);

struct SignerCertificate {
  std::string subject, issuer;  // RFC 4514
  std::string serial;           // decimal
  std::string sha256;           // of the DER, lower-case hexadecimal
};

struct SignatureReport {
  std::string id;
  std::string format = "XADES";
  std::string level = "NONE";  // BES, EPES, ...
  std::string xades_namespace;
  schemas::Scope scope = schemas::Scope::kOther;
  std::string of;
  std::vector<std::string> covers;  // paths
  Integrity integrity = Integrity::kUnchecked;
  Indication indication = Indication::kIndeterminate;
  std::string sub_indication;  // empty: none
  std::optional<SignerCertificate> signer;
  std::string claimed_time;  // as written; empty: none
  std::string claimed_role;
  std::string city, postal_code, country;
  std::string policy_id;  // empty: none
  bool policy_known = false;
  PolicyHash policy_hash = PolicyHash::kUnknown;
  std::string qualification = "UNKNOWN";
  Competence competence = Competence::kUnknownHere;
  std::vector<SignatureReason> reasons;
  int64_t line = 0, column = 0;
};

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
  std::vector<SignatureReport> signatures;  // in document order
  std::vector<UnsignedElement> unsigned_elements;
  std::vector<std::string> not_covered;  // paths
  std::vector<schemas::Finding> findings;
  // For kRefused: why the file could not be judged.
  Status refusal;
};

// The exit code of the command for one file: 0, 1, 2, 3 or 65.
int ExitCodeOf(const FileReport& report);
// Over several files the first that applies in the order 65, 1, 3, 2, 0.
int CombinedExitCode(const std::vector<FileReport>& reports);

// The contract's JSON for several files: {"reportVersion": 1, "files": [...]}, final newline.
std::string ToJson(const std::vector<FileReport>& reports, Lang lang);

}  // namespace sceau::verifier
