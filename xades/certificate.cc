#include "xades/certificate.h"

#include <openssl/asn1.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <array>
#include <map>
#include <mutex>

#include "base/bytes.h"
#include "base/strings.h"

namespace sceau::xades {
namespace {

using EcdsaSigHandle = CHandle<ECDSA_SIG, ECDSA_SIG_free>;

constexpr unsigned long kNameFlags =
    (XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) | ASN1_STRFLGS_UTF8_CONVERT;

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

// The attribute types RFC 4514 §3 gives a keyword.
std::string_view Keyword(int nid) {
  struct Entry {
    int nid;
    std::string_view keyword;
  };
  static constexpr std::array<Entry, 9> kKeywords = {{{NID_commonName, "CN"},
                                                      {NID_localityName, "L"},
                                                      {NID_stateOrProvinceName, "ST"},
                                                      {NID_organizationName, "O"},
                                                      {NID_organizationalUnitName, "OU"},
                                                      {NID_countryName, "C"},
                                                      {NID_streetAddress, "STREET"},
                                                      {NID_domainComponent, "DC"},
                                                      {NID_userId, "UID"}}};
  for (const Entry& entry : kKeywords) {
    if (entry.nid == nid) return entry.keyword;
  }
  return {};
}

std::string ValueInDerHex(const ASN1_STRING* value) {
  ASN1_TYPE type{};
  type.type = ASN1_STRING_type(value);
  type.value.asn1_string = const_cast<ASN1_STRING*>(value);
  const std::string der = DerWith(&type, i2d_ASN1_TYPE);
  return der.empty() ? "" : Concat("#", ToHex(der));
}

std::string DottedOid(const ASN1_OBJECT* object) {
  char text[128];
  OBJ_obj2txt(text, sizeof text, object, 1);
  return text;
}

std::string Rfc4514Attribute(const X509_NAME_ENTRY* entry) {
  const ASN1_OBJECT* object = X509_NAME_ENTRY_get_object(entry);
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(entry);
  const std::string_view keyword = Keyword(OBJ_obj2nid(object));
  if (keyword.empty()) {
    return Concat(DottedOid(object), "=", ValueInDerHex(value));
  }
  BioHandle bio(BIO_new(BIO_s_mem()));
  ASN1_STRING_print_ex(bio.get(), value,
                       (ASN1_STRFLGS_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) | ASN1_STRFLGS_UTF8_CONVERT);
  return Concat(keyword, "=", TextOf(bio.get()));
}

constexpr size_t kMaxDer = 64 * 1024;
constexpr int kMaxSerial = 64;  // octets; RFC 5280 §4.1.2.2 allows 20
constexpr int kMaxRsaBits = 8192;
constexpr int kMaxExponentBits = 64;

// Whether the certificate is one whose numbers cost little: printing a serial number is quadratic
// in its length, checking a signature worse than that in the key's.
bool Bounded(const X509* x509) {
  if (ASN1_STRING_length(X509_get0_serialNumber(x509)) > kMaxSerial) return false;
  const EVP_PKEY* key = X509_get0_pubkey(x509);
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) return true;
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, "e", &number);
  const BignumHandle exponent(number);
  return number != nullptr && EVP_PKEY_get_bits(key) <= kMaxRsaBits &&
         BN_num_bits(number) <= kMaxExponentBits;
}

// r‖s to DER; empty when the length is not that of the key.
std::string EcdsaDer(EVP_PKEY* key, std::string_view value) {
  const size_t size = (static_cast<size_t>(EVP_PKEY_get_bits(key)) + 7) / 8;
  if (value.size() != 2 * size) return {};
  const auto* bytes = reinterpret_cast<const unsigned char*>(value.data());
  EcdsaSigHandle signature(ECDSA_SIG_new());
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes, static_cast<int>(size), nullptr),
                 BN_bin2bn(bytes + size, static_cast<int>(size), nullptr));
  return DerWith(signature.get(), i2d_ECDSA_SIG);
}

}  // namespace

std::string NameText(const X509_NAME* name) {
  BioHandle bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, kNameFlags);
  return TextOf(bio.get());
}

absl::Time TimeOf(const ASN1_TIME* time) {
  tm fields{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &fields) != 1) return absl::InfinitePast();
  return absl::FromTM(fields, absl::UTCTimeZone());
}

// The certificates last parsed; a file's signatures, and one file after another, have the same few.
class Certificate::Recent {
 public:
  static Recent& Instance() {
    static Recent recent;
    return recent;
  }

  std::shared_ptr<const Parsed> Find(std::string_view der) {
    const std::lock_guard lock(mutex_);
    const auto found = by_der_.find(der);
    return found == by_der_.end() ? nullptr : found->second;
  }

  void Add(const std::shared_ptr<const Parsed>& parsed) {
    if (parsed->der.size() > kMaxSize) return;
    const std::lock_guard lock(mutex_);
    if (by_der_.size() >= kMaxCount) by_der_.clear();
    by_der_.emplace(parsed->der, parsed);  // the key is a view of the value
  }

 private:
  static constexpr size_t kMaxCount = 64;
  static constexpr size_t kMaxSize = 16 * 1024;  // bytes of DER

  std::mutex mutex_;
  std::map<std::string_view, std::shared_ptr<const Parsed>> by_der_;
};

StatusOr<Certificate> Certificate::FromDer(std::string_view der) {
  if (der.size() > kMaxDer) return Error(Reason::kCertificateNotValid, "limits");
  if (auto known = Recent::Instance().Find(der)) return Certificate(std::move(known));
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = at + der.size();
  auto parsed = std::make_shared<Parsed>();
  parsed->x509.reset(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (parsed->x509 == nullptr || at != end) {
    return Error(Reason::kCertificateNotValid, "DER");
  }
  if (!Bounded(parsed->x509.get())) return Error(Reason::kCertificateNotValid, "limits");
  parsed->der = der;
  Recent::Instance().Add(parsed);
  return Certificate(std::move(parsed));
}

std::string Certificate::Subject() const { return NameText(X509_get_subject_name(x509())); }
std::string Certificate::Issuer() const { return NameText(X509_get_issuer_name(x509())); }

std::string Certificate::IssuerForSignature() const {
  const X509_NAME* name = X509_get_issuer_name(x509());
  std::string out;
  int set = -1;
  for (int i = X509_NAME_entry_count(name) - 1; i >= 0; --i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    if (!out.empty()) out += X509_NAME_ENTRY_set(entry) == set ? "+" : ",";
    set = X509_NAME_ENTRY_set(entry);
    out += Rfc4514Attribute(entry);
  }
  return out;
}

std::string Certificate::SerialDecimal() const {
  BignumHandle number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509()), nullptr));
  const OpenSslText text(BN_bn2dec(number.get()));
  return text == nullptr ? "" : text.get();
}

std::string Certificate::DigestWith(DigestAlgorithm algorithm) const {
  return DigestOf(algorithm, der());
}

std::string Certificate::KeySha256() const {
  const std::string der = DerWith(X509_get_X509_PUBKEY(x509()), i2d_X509_PUBKEY);
  return ToHex(DigestOf(DigestAlgorithm::kSha256, der));
}

absl::Time Certificate::NotBefore() const { return TimeOf(X509_get0_notBefore(x509())); }
absl::Time Certificate::NotAfter() const { return TimeOf(X509_get0_notAfter(x509())); }

KeyUsage Certificate::Usage() const {
  KeyUsage usage;
  const uint32_t bits = X509_get_key_usage(x509());
  usage.present = (X509_get_extension_flags(x509()) & EXFLAG_KUSAGE) != 0;
  usage.digital_signature = (bits & KU_DIGITAL_SIGNATURE) != 0;
  usage.non_repudiation = (bits & KU_NON_REPUDIATION) != 0;
  return usage;
}

ExtendedKeyUsage Certificate::ExtendedUsage() const {
  ExtendedKeyUsage usage;
  usage.present = X509_get_ext_by_NID(x509(), NID_ext_key_usage, -1) >= 0;
  const CHandle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> oids(static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(x509(), NID_ext_key_usage, nullptr, nullptr)));
  for (int i = 0; oids != nullptr && i < sk_ASN1_OBJECT_num(oids.get()); ++i) {
    usage.oids.push_back(DottedOid(sk_ASN1_OBJECT_value(oids.get(), i)));
  }
  return usage;
}

bool Certificate::HasFamily(KeyFamily family) const {
  const EVP_PKEY* key = X509_get0_pubkey(x509());
  if (key == nullptr) return false;
  return EVP_PKEY_get_base_id(key) == (family == KeyFamily::kRsa ? EVP_PKEY_RSA : EVP_PKEY_EC);
}

bool Certificate::Verifies(const SignatureMethod& method, std::string_view message,
                           std::string_view value) const {
  EVP_PKEY* key = X509_get0_pubkey(x509());
  if (key == nullptr || !HasFamily(method.family)) return false;
  std::string der(value);
  if (method.family == KeyFamily::kEc) der = EcdsaDer(key, value);
  if (der.empty()) return false;
  return VerifiesWith(key, method.scheme, message, der);
}

}  // namespace sceau::xades
