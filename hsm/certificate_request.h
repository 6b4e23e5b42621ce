// Requests for a certificate (PKCS#10, RFC 2986), signed by a key that stays in its token.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/openssl.h"
#include "base/status.h"

namespace sceau::hsm {

// Signs as SigningKey::Sign does: RSA PKCS#1 v1.5, or ECDSA as r‖s.
using RequestSigner = std::function<StatusOr<std::string>(DigestAlgorithm, std::string_view)>;

// Asks for a signature certificate: key usage nonRepudiation, critical (RFC 5280 §4.2.1.3). Signed
// with SHA-256, or SHA-384 for P-384. The request's own signature is checked before it is returned.
// PEM. Errors: kAlgorithmRefused (neither RSA nor EC), kSignatureCheckFailed, those of `sign`.
StatusOr<std::string> CertificateRequest(EVP_PKEY* public_key, const X509_NAME* subject,
                                         const RequestSigner& sign);

}  // namespace sceau::hsm
