#include "hsm/public_object.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "hsm/objects.h"
#include "hsm/public_key.h"

namespace sceau::hsm {
namespace {

using ParamBuilderHandle = CHandle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using ParamsHandle = CHandle<OSSL_PARAM, OSSL_PARAM_free>;

constexpr CK_ATTRIBUTE_TYPE kAttributes[] = {
    CKA_ID, CKA_KEY_TYPE, CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_EC_PARAMS, CKA_EC_POINT};

EvpPkeyHandle Build(const char* algorithm, OSSL_PARAM_BLD* builder) {
  const ParamsHandle params(OSSL_PARAM_BLD_to_param(builder));
  const EvpPkeyCtxHandle context(EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr));
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    ERR_clear_error();
  }
  return EvpPkeyHandle(key);
}

BignumHandle Number(const std::string& bytes) {
  return BignumHandle(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                                static_cast<int>(bytes.size()), nullptr));
}

EvpPkeyHandle FromRsa(const Attributes& attributes) {
  const BignumHandle modulus = Number(ValueOf(attributes, CKA_MODULUS));
  const BignumHandle exponent = Number(ValueOf(attributes, CKA_PUBLIC_EXPONENT));
  const ParamBuilderHandle builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  return Build("RSA", builder.get());
}

EvpPkeyHandle FromEc(const Attributes& attributes) {
  const std::string curve = CurveName(ValueOf(attributes, CKA_EC_PARAMS));
  const std::string point = PointFrom(ValueOf(attributes, CKA_EC_POINT));
  if (curve.empty()) return nullptr;
  const ParamBuilderHandle builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.c_str(), 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return Build("EC", builder.get());
}

}  // namespace

StatusOr<EvpPkeyHandle> PublicKeyOf(const Session& session, const KeyDescription& key) {
  SCEAU_ASSIGN_OR_RETURN(const std::vector<CK_OBJECT_HANDLE> objects,
                         FindObjects(session, CKO_PUBLIC_KEY));
  for (const CK_OBJECT_HANDLE object : objects) {
    SCEAU_ASSIGN_OR_RETURN(const Attributes attributes,
                           ReadAttributes(session, object, kAttributes));
    if (key.id.empty() || ValueOf(attributes, CKA_ID) != key.id) continue;
    const CK_ULONG type = NumberOf(attributes, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION);
    const bool wanted = key.type == (type == CKK_RSA ? KeyType::kRsa : KeyType::kEc);
    if ((type != CKK_RSA && type != CKK_EC) || !wanted) continue;
    EvpPkeyHandle found = type == CKK_RSA ? FromRsa(attributes) : FromEc(attributes);
    if (found != nullptr) return found;
  }
  const X509Handle certificate = ParseCertificate(key.certificate);
  if (certificate == nullptr) return Error(Reason::kCertificateMissing, key.uri);
  return EvpPkeyHandle(X509_get_pubkey(certificate.get()));
}

}  // namespace sceau::hsm
