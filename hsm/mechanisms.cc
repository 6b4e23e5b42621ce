#include "hsm/mechanisms.h"

#include "base/strings.h"
#include "hsm/ckr_names.h"

namespace sceau::hsm {
namespace {

using namespace std::string_view_literals;

struct Hash {
  DigestAlgorithm digest;
  CK_MECHANISM_TYPE rsa;         // PKCS#1 v1.5 with the hash, over the message
  CK_MECHANISM_TYPE pss;         // the same for PSS (mechanisms, §2.1.10)
  CK_MECHANISM_TYPE ecdsa;       // the same for ECDSA
  CK_MECHANISM_TYPE alone;       // the hash
  CK_RSA_PKCS_MGF_TYPE mask;     // MGF1 with it
  CK_ULONG size;                 // bytes
  std::string_view digest_info;  // what precedes the digest in DigestInfo (RFC 8017 §9.2, note 1)
};

constexpr Hash kHashes[] = {
    {DigestAlgorithm::kSha224, CKM_SHA224_RSA_PKCS, CKM_SHA224_RSA_PKCS_PSS, CKM_ECDSA_SHA224,
     CKM_SHA224, CKG_MGF1_SHA224, 28,
     "\x30\x2d\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04\x05\x00\x04\x1c"sv},
    {DigestAlgorithm::kSha256, CKM_SHA256_RSA_PKCS, CKM_SHA256_RSA_PKCS_PSS, CKM_ECDSA_SHA256,
     CKM_SHA256, CKG_MGF1_SHA256, 32,
     "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"sv},
    {DigestAlgorithm::kSha384, CKM_SHA384_RSA_PKCS, CKM_SHA384_RSA_PKCS_PSS, CKM_ECDSA_SHA384,
     CKM_SHA384, CKG_MGF1_SHA384, 48,
     "\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"sv},
    {DigestAlgorithm::kSha512, CKM_SHA512_RSA_PKCS, CKM_SHA512_RSA_PKCS_PSS, CKM_ECDSA_SHA512,
     CKM_SHA512, CKG_MGF1_SHA512, 64,
     "\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"sv},
};

const Hash* Find(DigestAlgorithm digest) {
  for (const Hash& hash : kHashes) {
    if (hash.digest == digest) return &hash;
  }
  return nullptr;
}

using Offered = std::function<bool(CK_MECHANISM_TYPE)>;

std::optional<Operation> RsaOperation(const Hash& hash, RsaPadding padding,
                                      std::string_view message, const Offered& offered) {
  if (padding == RsaPadding::kPss) {
    const CK_RSA_PKCS_PSS_PARAMS pss{hash.alone, hash.mask, hash.size};
    if (offered(CKM_RSA_PKCS_PSS)) {
      return Operation{CKM_RSA_PKCS_PSS, DigestOf(hash.digest, message), pss};
    }
    if (offered(hash.pss)) return Operation{hash.pss, std::string(message), pss};
    return std::nullopt;
  }
  if (offered(CKM_RSA_PKCS)) {
    return Operation{CKM_RSA_PKCS, Concat(hash.digest_info, DigestOf(hash.digest, message))};
  }
  if (offered(hash.rsa)) return Operation{hash.rsa, std::string(message)};
  return std::nullopt;
}

}  // namespace

StatusOr<Operation> ChooseOperation(KeyType type, int key_bits, const SignatureScheme& scheme,
                                    std::string_view message, const Offered& offered) {
  const Hash* hash = Find(scheme.digest);
  if (hash == nullptr) return Error(Reason::kAlgorithmRefused, "SHA-1");
  switch (type) {
    case KeyType::kRsa:
      if (auto operation = RsaOperation(*hash, scheme.padding, message, offered)) {
        return *std::move(operation);
      }
      break;
    case KeyType::kEc:
      if (offered(CKM_ECDSA)) {
        // Only the leftmost bits count (FIPS 186-4 §6.4), and some tokens take no more of them.
        const size_t order = (static_cast<size_t>(key_bits) + 7) / 8;
        return Operation{CKM_ECDSA, DigestOf(scheme.digest, message).substr(0, order)};
      }
      if (offered(hash->ecdsa)) return Operation{hash->ecdsa, std::string(message)};
      break;
    case KeyType::kEd25519:
      if (offered(CKM_EDDSA)) return Operation{CKM_EDDSA, std::string(message)};
      break;
  }
  return CkrError("C_SignInit", CKR_MECHANISM_INVALID);
}

}  // namespace sceau::hsm
