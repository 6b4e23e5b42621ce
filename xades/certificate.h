// An X.509 certificate as signatures use it (OpenSSL).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/openssl.h"
#include "base/status.h"
#include "xades/algorithms.h"

namespace sceau::xades {

// A name by RFC 4514, every attribute by its short name where it has one.
std::string NameText(const X509_NAME* name);

// The instant of an ASN.1 time; InfinitePast when it is none.
absl::Time TimeOf(const ASN1_TIME* time);

// RFC 5280 §4.2.1.3.
struct KeyUsage {
  bool present = false;  // without the extension every use is allowed
  bool digital_signature = false;
  bool non_repudiation = false;  // contentCommitment
};

// RFC 5280 §4.2.1.12.
struct ExtendedKeyUsage {
  bool present = false;  // without the extension every use is allowed
  std::vector<std::string> oids;
};

// Parsed once and shared: copies are cheap, and the certificates last parsed in this process are
// remembered (parsing one takes OpenSSL longer than checking a signature with it).
class Certificate {
 public:
  // Error: kCertificateNotValid when it is not one certificate in DER, or one whose size, serial
  // number or RSA key is far beyond any real one.
  static StatusOr<Certificate> FromDer(std::string_view der);

  const std::string& der() const { return parsed_->der; }
  X509* x509() const { return parsed_->x509.get(); }

  // Names by RFC 4514. `subject` and `issuer` show every attribute by its short name where it has
  // one; IssuerForSignature writes what RFC 4514 has no keyword for as OID=#hex, as the field does.
  std::string Subject() const;
  std::string Issuer() const;
  std::string IssuerForSignature() const;
  std::string SerialDecimal() const;
  std::string DigestWith(DigestAlgorithm algorithm) const;  // of the DER, raw
  std::string KeySha256() const;  // of the SubjectPublicKeyInfo, lower-case hexadecimal

  absl::Time NotBefore() const;
  absl::Time NotAfter() const;
  KeyUsage Usage() const;
  ExtendedKeyUsage ExtendedUsage() const;
  // False for a key that is neither RSA nor EC.
  bool HasFamily(KeyFamily family) const;

  // Checks a signature value in XML Signature's form (ECDSA: r‖s, RFC 4050 §3.3).
  bool Verifies(const SignatureMethod& method, std::string_view message,
                std::string_view value) const;

 private:
  struct Parsed {
    std::string der;
    X509Handle x509;
  };
  class Recent;
  explicit Certificate(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}

  std::shared_ptr<const Parsed> parsed_;  // never null
};

}  // namespace sceau::xades
