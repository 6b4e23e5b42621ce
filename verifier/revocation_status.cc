#include "verifier/revocation_status.h"

#include <iterator>
#include <string_view>

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

}  // namespace sceau::verifier
