// What is said of one signature. Names and values are those of the command's JSON (report_json.h)
// and stable; indication and sub-indication are those of ETSI EN 319 102-1 §5.1.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/lang.h"
#include "schemas/finding.h"
#include "schemas/pes.h"

namespace sceau::verifier {

enum class Integrity { kIntact, kBroken, kUnchecked };
enum class Indication { kTotalPassed, kTotalFailed, kIndeterminate };
enum class PolicyHash { kMatches, kDiffers, kAbsent, kUnknown };
enum class Competence { kPermitted, kJustificationRequired, kDenied, kUnknownHere };

std::string_view NameOf(Integrity integrity);
std::string_view NameOf(Indication indication);
std::string_view NameOf(PolicyHash hash);
std::string_view NameOf(Competence competence);

// Why a signature has its verdict.
struct SignatureReason {
  std::string code;  // stable, e.g. "CHAIN_NOT_TRUSTED"
  schemas::Severity severity = schemas::Severity::kError;
  std::string detail;  // language-neutral
  bool operator==(const SignatureReason&) const = default;
};
std::string Describe(const SignatureReason& reason, Lang lang);
// It says what proves the time, and is nothing to be done about.
bool ProvesTime(const SignatureReason& reason);

struct SignerCertificate {
  std::string subject, issuer;  // RFC 4514
  std::string serial;           // decimal
  std::string sha256;           // of the DER, lower-case hexadecimal
  std::string key_sha256{};     // of the SubjectPublicKeyInfo, likewise
  bool operator==(const SignerCertificate&) const = default;
};

// What the signatures that one person made at one time have in common, as a rule.
struct SignatureTraits {
  std::string format = "XADES";
  std::string level = "NONE";  // BES, EPES, ...
  std::string xades_namespace;
  Indication indication = Indication::kIndeterminate;
  std::string sub_indication;  // empty: none
  std::optional<SignerCertificate> signer;
  std::string claimed_time;  // as written; empty: none
  // Of the earliest time stamp, or proof from outside, that the signature existed then; never a
  // claimed time.
  std::optional<absl::Time> best_time;
  std::string claimed_role;
  std::string city, postal_code, country;
  std::string policy_id;  // empty: none
  bool policy_known = false;
  PolicyHash policy_hash = PolicyHash::kUnknown;
  std::string qualification = "UNKNOWN";
  Competence competence = Competence::kUnknownHere;
  std::vector<SignatureReason> reasons;
  bool operator==(const SignatureTraits&) const = default;

  // Of what differs most; what is equal hashes alike.
  template <typename H>
  friend H AbslHashValue(H state, const SignatureTraits& it) {
    for (const SignatureReason& reason : it.reasons) {
      state = H::combine(std::move(state), reason.code, reason.detail);
    }
    return H::combine(std::move(state), it.claimed_time, it.claimed_role, it.policy_id,
                      it.signer ? it.signer->sha256 : std::string());
  }
};

struct SignatureReport : SignatureTraits {
  std::string id;
  schemas::Scope scope = schemas::Scope::kOther;
  std::string of;
  std::vector<std::string> covers;  // paths
  Integrity integrity = Integrity::kUnchecked;
  int64_t line = 0, column = 0;
};

}  // namespace sceau::verifier
