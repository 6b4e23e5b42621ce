// What is known of a certificate's revocation, and from what.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace sceau::verifier {

enum class RevocationState { kGood, kRevoked, kUndetermined };

struct CertificateStatus {
  RevocationState state = RevocationState::kUndetermined;
  // When undetermined, why: the code of a SignatureReason, e.g. "CRL_OUTDATED".
  std::string code;
  std::string detail;
  std::string source;  // "CRL", "OCSP"; empty: none was usable
  // Of good and revoked: when the earliest data relied on was issued (thisUpdate).
  absl::Time issued_at;
  absl::Time revoked_at;
  std::string revocation_reason;  // RFC 5280 §5.3.1, e.g. "keyCompromise"; empty: none given
};

// Of two answers the one that counts: revoked before good, the newer of two good ones, anything
// that was said before nothing.
CertificateStatus Stronger(CertificateStatus a, CertificateStatus b);

// The name of a revocation reason's number; empty when it is none.
std::string ReasonName(long reason);

// Of clocks that are not the same: theirs who publish and ours.
inline constexpr absl::Duration kClockSkew = absl::Minutes(5);

// Whether data that has passed its nextUpdate may still speak: of a time before it was issued it
// says as much as on its first day.
enum class Outdated { kRefused, kAdmitted };

}  // namespace sceau::verifier
