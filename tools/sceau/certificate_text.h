// What a certificate says of itself, for a person and for JSON. Nothing is judged here.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "base/status.h"

namespace sceau::cli {

struct CertificateText {
  std::string subject, issuer;  // RFC 4514, UTF-8
  std::string serial;           // decimal
  std::string sha256;           // of the DER, lower-case hexadecimal
  absl::Time not_before, not_after;
};

// Error: kCertificateMissing when the bytes are no certificate.
StatusOr<CertificateText> DescribeCertificate(std::string_view der);

}  // namespace sceau::cli
