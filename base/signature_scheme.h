// How a signature is made, by whatever key: over which digest and, with an RSA key, in which
// padding.
#pragma once

#include <openssl/evp.h>

#include "base/digest.h"

namespace sceau {

enum class RsaPadding {
  kPkcs1,  // RSASSA-PKCS1-v1_5, RFC 8017 §8.2
  kPss,    // RSASSA-PSS, RFC 8017 §8.1; MGF1 with the same digest, a salt as long as the digest
};

struct SignatureScheme {
  // Not explicit: a digest alone says everything but the padding.
  SignatureScheme(DigestAlgorithm over, RsaPadding with = RsaPadding::kPkcs1)
      : digest(over), padding(with) {}

  DigestAlgorithm digest;
  RsaPadding padding;
};

// Whether `value` (ECDSA in DER, RFC 3279 §2.2.3) is a signature over `message` by this key. The
// padding only counts for an RSA key; Ed25519 has its own digest.
bool VerifiesWith(EVP_PKEY* key, const SignatureScheme& scheme, std::string_view message,
                  std::string_view value);

}  // namespace sceau
