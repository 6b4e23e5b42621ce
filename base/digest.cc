#include "base/digest.h"

#include <cstdlib>

namespace sceau {
namespace {

// OpenSSL refuses a digest only when it is out of memory or misconfigured. A wrong digest is worse
// than a stopped program.
void Require(int ok) {
  if (ok != 1) std::abort();
}

}  // namespace

const EVP_MD* EvpOf(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::kSha1:
      return EVP_sha1();
    case DigestAlgorithm::kSha224:
      return EVP_sha224();
    case DigestAlgorithm::kSha256:
      return EVP_sha256();
    case DigestAlgorithm::kSha384:
      return EVP_sha384();
    case DigestAlgorithm::kSha512:
      return EVP_sha512();
  }
  return nullptr;
}

Digest::Digest(DigestAlgorithm algorithm) : context_(EVP_MD_CTX_new()) {
  Require(EVP_DigestInit_ex(context_.get(), EvpOf(algorithm), nullptr));
}

void Digest::Update(std::string_view bytes) {
  Require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Digest::Finish() {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  Require(EVP_DigestFinal_ex(context_.get(), out, &size));
  return std::string(out, out + size);
}

std::string DigestOf(DigestAlgorithm algorithm, std::string_view bytes) {
  Digest digest(algorithm);
  digest.Update(bytes);
  return digest.Finish();
}

}  // namespace sceau
