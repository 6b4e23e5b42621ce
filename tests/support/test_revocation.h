// Revocation as authorities of tests publish it: CRLs of their own make, and OCSP answers by the
// responder of the openssl program.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_pki.h"

namespace sceau::test {

struct RevokedEntry {
  std::string certificate;  // DER
  absl::Time at;
  int reason = -1;  // RFC 5280 §5.3.1; -1: none given
};

struct CrlOptions {
  absl::Time this_update, next_update;
  std::vector<RevokedEntry> revoked;
  const EVP_MD* digest = EVP_sha256();
};

// DER, signed by this key under the name of this certificate.
std::string MakeCrl(const std::string& issuer_der, EVP_PKEY* issuer_key, const CrlOptions& options);

std::string PemOfKey(EVP_PKEY* key);

// `openssl ocsp` as responder for one authority.
class OcspResponder {
 public:
  // The authority answers itself until SetSigner.
  OcspResponder(const std::string& authority_der, EVP_PKEY* authority_key);
  void SetSigner(const std::string& der, EVP_PKEY* key);
  void Forget() { index_.clear(); }
  void AddGood(const std::string& certificate);
  void AddRevoked(const std::string& certificate, absl::Time at, const std::string& reason = "");
  // What it answers to a request; both in DER. Valid for a day.
  std::string Respond(const std::string& request) const;

 private:
  void AddLine(const std::string& certificate, char state, const std::string& revoked);

  TemporaryFolder folder_;
  std::string index_;
};

}  // namespace sceau::test
