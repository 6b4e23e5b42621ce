#include "hsm/public_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace sceau::hsm {
namespace {

using EcdsaSigHandle = CHandle<ECDSA_SIG, ECDSA_SIG_free>;

constexpr int kEd25519Bits = 256;

const unsigned char* Uchars(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string ModulusOf(EVP_PKEY* key) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &number) != 1) return "";
  const BignumHandle modulus(number);
  std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

std::string PointOf(EVP_PKEY* key) {
  std::string bytes(256, '\0');
  size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
                                      reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                      &size) != 1) {
    return "";
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

X509Handle ParseCertificate(std::string_view der) {
  const unsigned char* bytes = Uchars(der);
  X509Handle certificate(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
  if (certificate == nullptr) ERR_clear_error();
  return certificate;
}

std::string DerOf(const X509* certificate) { return DerWith(certificate, i2d_X509); }

std::optional<PublicNumbers> NumbersOf(EVP_PKEY* key) {
  if (key == nullptr) return std::nullopt;
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
      return PublicNumbers{KeyType::kRsa, EVP_PKEY_get_bits(key), ModulusOf(key), ""};
    case EVP_PKEY_EC:
      return PublicNumbers{KeyType::kEc, EVP_PKEY_get_bits(key), "", PointOf(key)};
    case EVP_PKEY_ED25519:
      return PublicNumbers{KeyType::kEd25519, kEd25519Bits, "", PointOf(key)};
    default:
      return std::nullopt;
  }
}

namespace {

EvpPkeyHandle CurveFrom(std::string_view parameters) {
  const unsigned char* bytes = Uchars(parameters);
  EvpPkeyHandle curve(
      d2i_KeyParams(EVP_PKEY_EC, nullptr, &bytes, static_cast<long>(parameters.size())));
  ERR_clear_error();
  return curve;
}

}  // namespace

int CurveBits(std::string_view parameters) {
  const EvpPkeyHandle curve = CurveFrom(parameters);
  return curve != nullptr ? EVP_PKEY_get_bits(curve.get()) : 0;
}

std::string CurveName(std::string_view parameters) {
  const EvpPkeyHandle curve = CurveFrom(parameters);
  char name[64];
  size_t size = 0;
  if (curve == nullptr) return "";
  return EVP_PKEY_get_group_name(curve.get(), name, sizeof name, &size) == 1 ? name : "";
}

std::string PointFrom(const std::string& value) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(value.data());
  const CHandle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> octets(
      d2i_ASN1_OCTET_STRING(nullptr, &bytes, static_cast<long>(value.size())));
  const bool whole = bytes == reinterpret_cast<const unsigned char*>(value.data()) + value.size();
  if (octets == nullptr || !whole) {
    ERR_clear_error();
    return value;
  }
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(octets.get())),
          static_cast<size_t>(ASN1_STRING_length(octets.get()))};
}

bool Comparable(const PublicNumbers& a, const PublicNumbers& b) {
  const auto known = [](const std::string& x, const std::string& y) {
    return !x.empty() && !y.empty();
  };
  return known(a.modulus, b.modulus) || known(a.point, b.point);
}

bool Contradict(const PublicNumbers& a, const PublicNumbers& b) {
  const auto differ = [](const std::string& x, const std::string& y) {
    return !x.empty() && !y.empty() && x != y;
  };
  return a.type != b.type || differ(a.modulus, b.modulus) || differ(a.point, b.point);
}

bool IsAuthority(const X509* certificate) {
  return X509_check_ca(const_cast<X509*>(certificate)) != 0;
}

absl::Time ExpiryOf(std::string_view certificate) {
  const X509Handle parsed = ParseCertificate(certificate);
  std::tm fields{};
  if (parsed == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(parsed.get()), &fields) != 1) {
    return absl::InfinitePast();
  }
  return absl::FromTM(fields, absl::UTCTimeZone());
}

std::vector<std::string> ChainOf(const std::string& certificate,
                                 std::span<const std::string> others) {
  std::vector<std::string> chain{certificate};
  X509Handle last = ParseCertificate(certificate);
  while (last != nullptr && X509_check_issued(last.get(), last.get()) != X509_V_OK) {
    X509Handle issuer;
    for (const std::string& der : others) {
      if (std::find(chain.begin(), chain.end(), der) != chain.end()) continue;
      X509Handle candidate = ParseCertificate(der);
      if (candidate == nullptr) continue;
      if (X509_check_issued(candidate.get(), last.get()) != X509_V_OK) continue;
      chain.push_back(der);
      issuer = std::move(candidate);
      break;
    }
    last = std::move(issuer);
  }
  return chain;
}

std::string PadEcdsa(EVP_PKEY* key, std::string_view signature) {
  const size_t half = (static_cast<size_t>(EVP_PKEY_get_bits(key)) + 7) / 8;
  const size_t given = signature.size() / 2;
  if (signature.size() % 2 != 0 || given >= half) return std::string(signature);
  const std::string zeros(half - given, '\0');
  return zeros + std::string(signature.substr(0, given)) + zeros +
         std::string(signature.substr(given));
}

std::string EcdsaDer(std::string_view signature) {
  const int half = static_cast<int>(signature.size() / 2);
  const EcdsaSigHandle value(ECDSA_SIG_new());
  BignumHandle r(BN_bin2bn(Uchars(signature), half, nullptr));
  BignumHandle s(BN_bin2bn(Uchars(signature) + half, half, nullptr));
  if (ECDSA_SIG_set0(value.get(), r.get(), s.get()) != 1) return "";
  (void)r.release();  // now owned by `value`
  (void)s.release();
  return DerWith(value.get(), i2d_ECDSA_SIG);
}

Status CheckSignature(EVP_PKEY* key, const SignatureScheme& scheme, std::string_view message,
                      std::string_view signature) {
  const bool ecdsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
  const std::string value = ecdsa ? EcdsaDer(signature) : std::string(signature);
  return VerifiesWith(key, scheme, message, value) ? OkStatus()
                                                   : Error(Reason::kSignatureCheckFailed);
}

}  // namespace sceau::hsm
