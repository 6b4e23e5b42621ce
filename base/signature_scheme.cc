#include "base/signature_scheme.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "base/openssl.h"

namespace sceau {
namespace {

const unsigned char* Octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool SetPadding(EVP_PKEY_CTX* parameters, RsaPadding padding) {
  if (padding == RsaPadding::kPkcs1) {
    return EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PADDING) == 1;
  }
  return EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1;
}

}  // namespace

bool VerifiesWith(EVP_PKEY* key, const SignatureScheme& scheme, std::string_view message,
                  std::string_view value) {
  const int type = EVP_PKEY_get_base_id(key);
  const EVP_MD* digest = type == EVP_PKEY_ED25519 ? nullptr : EvpOf(scheme.digest);
  const EvpMdCtxHandle context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // of the context
  const bool good = EVP_DigestVerifyInit(context.get(), &parameters, digest, nullptr, key) == 1 &&
                    (type != EVP_PKEY_RSA || SetPadding(parameters, scheme.padding)) &&
                    EVP_DigestVerify(context.get(), Octets(value), value.size(), Octets(message),
                                     message.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace sceau
