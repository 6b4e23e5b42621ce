#include "base/digest.h"

#include <cstdlib>

namespace sceau {
namespace {

// OpenSSL refuses a digest only when it is out of memory or misconfigured. A wrong digest is worse
// than a stopped program.
void Require(int ok) {
  if (ok != 1) std::abort();
}

// Fetched once: OpenSSL looks an algorithm up anew, under locks, wherever EVP_sha256() is given.
const EVP_MD* Fetched(const char* name) {
  const EVP_MD* md = EVP_MD_fetch(nullptr, name, nullptr);
  Require(md != nullptr ? 1 : 0);
  return md;
}

}  // namespace

const EVP_MD* EvpOf(DigestAlgorithm algorithm) {
  static const EVP_MD* const kMd5 = Fetched("MD5");
  static const EVP_MD* const kSha1 = Fetched("SHA1");
  static const EVP_MD* const kSha224 = Fetched("SHA2-224");
  static const EVP_MD* const kSha256 = Fetched("SHA2-256");
  static const EVP_MD* const kSha384 = Fetched("SHA2-384");
  static const EVP_MD* const kSha512 = Fetched("SHA2-512");
  switch (algorithm) {
    case DigestAlgorithm::kMd5:
      return kMd5;
    case DigestAlgorithm::kSha1:
      return kSha1;
    case DigestAlgorithm::kSha224:
      return kSha224;
    case DigestAlgorithm::kSha256:
      return kSha256;
    case DigestAlgorithm::kSha384:
      return kSha384;
    case DigestAlgorithm::kSha512:
      return kSha512;
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
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  Require(EVP_Digest(bytes.data(), bytes.size(), out, &size, EvpOf(algorithm), nullptr));
  return std::string(out, out + size);
}

}  // namespace sceau
