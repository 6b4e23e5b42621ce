// Message digests, fed piece by piece (OpenSSL): FIPS 180-4, and MD5 (RFC 1321).
#pragma once

#include <string>
#include <string_view>

#include "base/openssl.h"

namespace sceau {

// kSha1 is only ever used to check old signatures, and with kMd5 for the seal of budget acts.
enum class DigestAlgorithm { kMd5, kSha1, kSha224, kSha256, kSha384, kSha512 };

const EVP_MD* EvpOf(DigestAlgorithm algorithm);

class Digest {
 public:
  explicit Digest(DigestAlgorithm algorithm);
  void Update(std::string_view bytes);
  // The raw digest; the object is then spent.
  std::string Finish();

 private:
  EvpMdCtxHandle context_;
};

std::string DigestOf(DigestAlgorithm algorithm, std::string_view bytes);

}  // namespace sceau
