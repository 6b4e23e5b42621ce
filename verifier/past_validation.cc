#include "verifier/past_validation.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sceau::verifier {
namespace {

// §5.6.2.4, and revocation data that is too old today but not for the proven instant.
constexpr std::array<std::string_view, 5> kCurable = {
    "OUT_OF_BOUNDS_NO_POE", "REVOKED_NO_POE", "REVOKED_CA_NO_POE",
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "TRY_LATER"};

bool MayBeCured(const CertificateVerdict& verdict) {
  return std::all_of(verdict.shortfalls.begin(), verdict.shortfalls.end(), [](const auto& it) {
    return std::find(kCurable.begin(), kCurable.end(), it.sub_indication) != kCurable.end();
  });
}

}  // namespace

CertificateVerdict ValidateWithProof(CertificateValidator& certificates,
                                     const CertificateQuestion& question,
                                     std::optional<absl::Time> proven) {
  CertificateVerdict now = certificates.Validate(question);
  if (now.shortfalls.empty() || !proven || !MayBeCured(now)) return now;
  CertificateQuestion then = question;
  then.proven = proven;
  return certificates.Validate(then);
}

}  // namespace sceau::verifier
