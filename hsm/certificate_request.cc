#include "hsm/certificate_request.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "hsm/public_key.h"

namespace sceau::hsm {
namespace {

using RequestHandle = CHandle<X509_REQ, X509_REQ_free>;
using AlgorithmHandle = CHandle<X509_ALGOR, X509_ALGOR_free>;
using BitsHandle = CHandle<ASN1_BIT_STRING, ASN1_BIT_STRING_free>;
using ExtensionHandle = CHandle<X509_EXTENSION, X509_EXTENSION_free>;
using ExtensionsHandle = CHandle<STACK_OF(X509_EXTENSION), [](STACK_OF(X509_EXTENSION) * stack) {
  sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free);
}>;

struct Algorithm {
  int key;       // EVP_PKEY_...
  int min_bits;  // of the key, from which on it is taken
  DigestAlgorithm digest;
  int nid;
  int parameters;  // V_ASN1_...: NULL for RSA, none for ECDSA (RFC 4055 §5, RFC 5758 §3.2)
};

// The last row that fits is taken.
constexpr Algorithm kAlgorithms[] = {
    {EVP_PKEY_RSA, 0, DigestAlgorithm::kSha256, NID_sha256WithRSAEncryption, V_ASN1_NULL},
    {EVP_PKEY_EC, 0, DigestAlgorithm::kSha256, NID_ecdsa_with_SHA256, V_ASN1_UNDEF},
    {EVP_PKEY_EC, 384, DigestAlgorithm::kSha384, NID_ecdsa_with_SHA384, V_ASN1_UNDEF},
};

const Algorithm* AlgorithmOf(EVP_PKEY* key) {
  const Algorithm* found = nullptr;
  for (const Algorithm& row : kAlgorithms) {
    const bool fits =
        row.key == EVP_PKEY_get_base_id(key) && EVP_PKEY_get_bits(key) >= row.min_bits;
    if (fits) found = &row;
  }
  return found;
}

Status Failed() {
  ERR_clear_error();
  return Error(Reason::kInternal, "PKCS#10");
}

bool AskForSignatureUse(X509_REQ* request) {
  ExtensionHandle usage(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_key_usage, "critical,nonRepudiation"));
  const ExtensionsHandle extensions(sk_X509_EXTENSION_new_null());
  if (usage == nullptr || sk_X509_EXTENSION_push(extensions.get(), usage.get()) <= 0) return false;
  (void)usage.release();  // now owned by `extensions`
  return X509_REQ_add_extensions(request, extensions.get()) == 1;
}

bool SetSignature(X509_REQ* request, std::string_view value) {
  BitsHandle bits(ASN1_BIT_STRING_new());
  if (ASN1_BIT_STRING_set(bits.get(),
                          reinterpret_cast<unsigned char*>(const_cast<char*>(value.data())),
                          static_cast<int>(value.size())) != 1) {
    return false;
  }
  // No unused bits: without this, trailing zero bits would be cut off.
  bits->flags = (bits->flags & ~0x07L) | ASN1_STRING_FLAG_BITS_LEFT;
  X509_REQ_set0_signature(request, bits.release());
  return true;
}

std::string PemOf(X509_REQ* request) {
  const BioHandle out(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509_REQ(out.get(), request) != 1) return "";
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<size_t>(size)};
}

}  // namespace

StatusOr<std::string> CertificateRequest(EVP_PKEY* public_key, const X509_NAME* subject,
                                         const RequestSigner& sign) {
  const Algorithm* algorithm = AlgorithmOf(public_key);
  if (algorithm == nullptr) return Error(Reason::kAlgorithmRefused, "PKCS#10");
  const RequestHandle request(X509_REQ_new());
  const AlgorithmHandle identifier(X509_ALGOR_new());
  const bool filled = X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1 &&
                      X509_REQ_set_subject_name(request.get(), subject) == 1 &&
                      X509_REQ_set_pubkey(request.get(), public_key) == 1 &&
                      AskForSignatureUse(request.get()) &&
                      X509_ALGOR_set0(identifier.get(), OBJ_nid2obj(algorithm->nid),
                                      algorithm->parameters, nullptr) == 1 &&
                      X509_REQ_set1_signature_algo(request.get(), identifier.get()) == 1;
  if (!filled) return Failed();
  SCEAU_ASSIGN_OR_RETURN(std::string value,
                         sign(algorithm->digest, DerWith(request.get(), i2d_re_X509_REQ_tbs)));
  if (algorithm->key == EVP_PKEY_EC) value = EcdsaDer(value);
  if (!SetSignature(request.get(), value)) return Failed();
  if (X509_REQ_verify(request.get(), public_key) != 1) {
    ERR_clear_error();
    return Error(Reason::kSignatureCheckFailed, "PKCS#10");
  }
  std::string pem = PemOf(request.get());
  if (pem.empty()) return Failed();
  return pem;
}

}  // namespace sceau::hsm
