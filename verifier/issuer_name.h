// Whether a text, or a structure, names a certificate's issuer or the certificate itself.
#pragma once

#include <string_view>

#include "xades/certificate.h"

namespace sceau::verifier {

// RFC 4514 with keywords or OIDs, `OID=#hex` or a readable value, either order of the attributes,
// blanks after commas. Values are compared as text, case and inner blanks folded.
bool NamesIssuer(std::string_view text, const xades::Certificate& certificate);

// IssuerSerial of RFC 5035 §5 in DER, to the last byte: the issuer's one directory name, compared
// as RFC 5280 §7.1 has it, and the serial number.
bool NamesCertificate(std::string_view issuer_serial_der, const xades::Certificate& certificate);

}  // namespace sceau::verifier
