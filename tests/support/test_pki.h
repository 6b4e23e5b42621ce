// A certification authority for tests: a root, an issuing authority, and leaves as they are wanted.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "base/openssl.h"

namespace sceau::test {

EvpPkeyHandle NewRsaKey(unsigned bits = 2048);
EvpPkeyHandle NewEcKey(const char* curve = "P-256");

// Midnight of 1 January, UTC.
absl::Time Year(int year);

std::string DerOf(X509* certificate);
// Of one certificate in DER.
X509Handle Parsed(const std::string& der);
std::string PemOf(const std::string& der);

struct LeafOptions {
  std::string common_name = "Hélène Ordonnatrice";  // UTF-8
  std::string organization = "Commune d'Essai-lès-Gâtines";
  std::string country = "FR";
  // As in OpenSSL's configuration; empty: no such extension.
  std::string key_usage = "critical,nonRepudiation";
  std::string extended_key_usage;
  std::string authority_info_access;    // "OCSP;URI:http://..."
  std::string crl_distribution_points;  // "URI:http://..."
  std::string name_constraints;         // "critical,permitted;email:example.org"
  std::string subject_alt_name;         // "email:a@example.org"
  std::string certificate_policies;     // OIDs
  std::string policy_constraints;       // "critical,requireExplicitPolicy:0"
  bool ocsp_no_check = false;
  std::string serial;  // decimal, up to 48 digits; empty: random
  std::string basic_constraints = "critical,CA:FALSE";
  const EVP_MD* digest = EVP_sha256();  // of the issuer's signature
  absl::Time not_before = absl::FromCivil(absl::CivilDay(2024, 1, 1), absl::UTCTimeZone());
  absl::Time not_after = absl::FromCivil(absl::CivilDay(2044, 1, 1), absl::UTCTimeZone());
};

// Of an authority's certificate, by its common name.
LeafOptions Authority(const std::string& name);

// Root and issuing authority (P-256) are valid from 2020 to 2045.
class TestPki {
 public:
  TestPki();

  // A certificate of the issuing authority for this public key. DER.
  std::string Issue(EVP_PKEY* key, const LeafOptions& options = {}) const;
  // A certificate that any other holder of a key issues.
  static std::string IssueUnder(const std::string& issuer_der, EVP_PKEY* issuer_key, EVP_PKEY* key,
                                const LeafOptions& options = {});
  static std::string SelfSigned(EVP_PKEY* key, const LeafOptions& options = {});

  const std::string& root() const { return root_der_; }        // DER
  const std::string& issuing() const { return issuing_der_; }  // DER
  EVP_PKEY* issuing_key() const { return issuing_key_.get(); }
  EVP_PKEY* root_key() const { return root_key_.get(); }
  // Writes root.pem and issuing.pem into the folder.
  void WriteAuthorities(const std::string& folder) const;

 private:
  EvpPkeyHandle root_key_;
  EvpPkeyHandle issuing_key_;
  X509Handle root_;
  X509Handle issuing_;
  std::string root_der_;
  std::string issuing_der_;
};

}  // namespace sceau::test
