// Whether a text names a certificate's issuer, in any of the spellings the field uses.
#pragma once

#include <string_view>

#include "xades/certificate.h"

namespace sceau::verifier {

// RFC 4514 with keywords or OIDs, `OID=#hex` or a readable value, either order of the attributes,
// blanks after commas. Values are compared as text, case and inner blanks folded.
bool NamesIssuer(std::string_view text, const xades::Certificate& certificate);

}  // namespace sceau::verifier
