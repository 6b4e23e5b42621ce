#include "hsm/key_import.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/x509.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "hsm/key_generation.h"
#include "hsm/public_key.h"

namespace sceau::hsm {
namespace {

using SecretNumber = CHandle<BIGNUM, BN_clear_free>;

constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 4096;

// A number of the key, big-endian, of at least `size` bytes; false when the key has none.
bool AddNumber(EVP_PKEY* key, const char* name, CK_ATTRIBUTE_TYPE attribute, int size,
               ObjectTemplate& object) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return false;
  const SecretNumber owned(number);
  std::string bytes(static_cast<size_t>(std::max(size, BN_num_bytes(number))), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
               static_cast<int>(bytes.size()));
  object.Add(attribute, bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return true;
}

struct RsaNumber {
  CK_ATTRIBUTE_TYPE attribute;
  const char* name;
  bool is_public;
};

constexpr RsaNumber kRsaNumbers[] = {
    {CKA_MODULUS, OSSL_PKEY_PARAM_RSA_N, true},
    {CKA_PUBLIC_EXPONENT, OSSL_PKEY_PARAM_RSA_E, true},
    {CKA_PRIVATE_EXPONENT, OSSL_PKEY_PARAM_RSA_D, false},
    {CKA_PRIME_1, OSSL_PKEY_PARAM_RSA_FACTOR1, false},
    {CKA_PRIME_2, OSSL_PKEY_PARAM_RSA_FACTOR2, false},
    {CKA_EXPONENT_1, OSSL_PKEY_PARAM_RSA_EXPONENT1, false},
    {CKA_EXPONENT_2, OSSL_PKEY_PARAM_RSA_EXPONENT2, false},
    {CKA_COEFFICIENT, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, false},
};

bool AddRsa(EVP_PKEY* key, ObjectTemplate& public_part, ObjectTemplate& private_part) {
  const int bits = EVP_PKEY_get_bits(key);
  if (bits < kMinRsaBits || bits > kMaxRsaBits) return false;
  for (const RsaNumber& row : kRsaNumbers) {
    if (!AddNumber(key, row.name, row.attribute, 0, private_part)) return false;
    if (row.is_public) AddNumber(key, row.name, row.attribute, 0, public_part);
  }
  return true;
}

bool AddEc(EVP_PKEY* key, ObjectTemplate& public_part, ObjectTemplate& private_part) {
  const int bits = EVP_PKEY_get_bits(key);
  const std::string curve = DerWith(key, i2d_KeyParams);
  const std::optional<PublicNumbers> numbers = NumbersOf(key);
  if ((bits != 256 && bits != 384) || curve.empty() || !numbers) return false;
  const CHandle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> point(ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING_set(point.get(), Bytes(numbers->point),
                        static_cast<int>(numbers->point.size()));
  public_part.Add(CKA_EC_PARAMS, curve)
      .Add(CKA_EC_POINT, DerWith(point.get(), i2d_ASN1_OCTET_STRING));
  private_part.Add(CKA_EC_PARAMS, curve);
  return AddNumber(key, OSSL_PKEY_PARAM_PRIV_KEY, CKA_VALUE, bits / 8, private_part);
}

}  // namespace

Status CreateCertificate(NewObjects& made, const std::string& der, const std::string& id,
                         const std::string& label) {
  const X509Handle certificate = ParseCertificate(der);
  if (certificate == nullptr) return Error(Reason::kInputUnreadable, "X.509");
  ObjectTemplate object;
  object.Number(CKA_CLASS, CKO_CERTIFICATE)
      .Number(CKA_CERTIFICATE_TYPE, CKC_X_509)
      .Flag(CKA_TOKEN, true)
      .Flag(CKA_PRIVATE, false)
      .Add(CKA_SUBJECT, DerWith(X509_get_subject_name(certificate.get()), i2d_X509_NAME))
      .Add(CKA_ISSUER, DerWith(X509_get_issuer_name(certificate.get()), i2d_X509_NAME))
      .Add(CKA_SERIAL_NUMBER, DerWith(X509_get_serialNumber(certificate.get()), i2d_ASN1_INTEGER))
      .Add(CKA_VALUE, der)
      .Add(CKA_LABEL, label);
  if (!id.empty()) object.Add(CKA_ID, id);
  return made.Create(std::move(object)).status();
}

Status CreateKey(const Session& session, NewObjects& made, EVP_PKEY* key, const NewKey& as) {
  const bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
  const bool ec = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
  const CK_KEY_TYPE type = rsa ? CKK_RSA : CKK_EC;
  ObjectTemplate public_part = PublicKeyTemplate(as);
  ObjectTemplate private_part = PrivateKeyTemplate(as);
  public_part.Number(CKA_CLASS, CKO_PUBLIC_KEY).Number(CKA_KEY_TYPE, type);
  private_part.Number(CKA_CLASS, CKO_PRIVATE_KEY).Number(CKA_KEY_TYPE, type);
  const bool taken = (rsa && AddRsa(key, public_part, private_part)) ||
                     (ec && AddEc(key, public_part, private_part));
  if (!taken) return Error(Reason::kAlgorithmRefused, Concat(EVP_PKEY_get_bits(key)));
  SCEAU_RETURN_IF_ERROR(made.Create(std::move(public_part)).status());
  SCEAU_ASSIGN_OR_RETURN(const CK_OBJECT_HANDLE private_key, made.Create(std::move(private_part)));
  return CheckStaysInside(session, private_key);
}

}  // namespace sceau::hsm
