#include "verifier/revocation_status.h"

#include <iterator>
#include <string_view>
#include <utility>

namespace sceau::verifier {

std::string ReasonName(long reason) {
  // RFC 5280 §5.3.1; 7 is not used.
  static constexpr std::string_view kNames[] = {
      "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
      "superseded",    "cessationOfOperation", "certificateHold", "",
      "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
  const bool known = reason >= 0 && reason < static_cast<long>(std::size(kNames));
  return std::string(known ? kNames[reason] : "");
}

CertificateStatus Stronger(CertificateStatus a, CertificateStatus b) {
  const auto rank = [](const CertificateStatus& it) {
    if (it.state == RevocationState::kRevoked) return 3;
    if (it.state == RevocationState::kGood) return 2;
    return it.code == "REVOCATION_DATA_MISSING" ? 0 : 1;
  };
  if (rank(a) != rank(b)) return rank(a) > rank(b) ? std::move(a) : std::move(b);
  return a.issued_at >= b.issued_at ? std::move(a) : std::move(b);
}

}  // namespace sceau::verifier
